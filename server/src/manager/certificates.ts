import { readFile } from "node:fs/promises";
import { watch } from "node:fs";
import { join } from "node:path";
import { createWorkQueue } from "@portcullis/engine/cluster";
import type { KubeApi, Reconciled } from "@portcullis/engine/cluster";
import type { KeyPair } from "../certificates/authority.ts";
import { checkPair } from "../certificates/check-pair.ts";
import { createCertificateRotator } from "../cluster/certificate-rotator.ts";
import type { WebhookConfiguration } from "../cluster/certificate-rotator.ts";
import type { Log } from "../observability/log.ts";
import type { ManagerFlags } from "./manager-flags.ts";

/** Where the certificate that is served comes from. */
export interface Certificates {
  /** What is not in order yet, for `/readyz`. */
  missing(): readonly string[];
  /** Settles with the first certificate. */
  readonly first: Promise<KeyPair>;
  /** The one that is to be served now; undefined before the first one. */
  current(): KeyPair | undefined;
  stop(): Promise<void>;
}

export interface CertificatesOptions {
  readonly flags: ManagerFlags;
  readonly api: KubeApi;
  readonly log: Log;
  readonly ownNamespace: string;
  /** Called with each certificate after the first one. */
  readonly onRenewed: (certificate: KeyPair) => void;
}

/** Our own, from the Secret that all replicas share; or, with `--disable-cert-rotation`, whatever stands in `--cert-dir`. */
export function certificates(options: CertificatesOptions): Certificates {
  let current: KeyPair | undefined;
  const source = options.flags["disable-cert-rotation"] ? fromFolder : rotated;
  const made = source({
    ...options,
    onRenewed(pair) {
      current = pair;
      options.onRenewed(pair);
    },
  });
  void made.first.then((pair) => (current ??= pair));
  return { ...made, current: () => current };
}

type Source = Omit<Certificates, "current">;

/** Between two looks at the expiry dates, as Gatekeeper, unless certificates live shorter. */
const HALF_A_DAY_MS = 12 * 3_600_000;
/** What API servers get to learn of a new CA, unless certificates live shorter. */
const SETTLE_MS = 10_000;
const SECRET = "gatekeeper-webhook-server-cert";

function rotated({ flags, api, log, ownNamespace, onRenewed }: CertificatesOptions): Source {
  const { promise, resolve } = Promise.withResolvers<KeyPair>();
  const renewBeforeMs = flags["cert-renew-before"];
  let isFirst = true;
  const rotator = createCertificateRotator({
    api,
    log,
    secret: { namespace: ownNamespace, name: SECRET },
    dnsName: `${flags["cert-service-name"]}.${ownNamespace}.svc`,
    configurations: configurations(flags),
    clientAuth: flags["enable-external-data"],
    lifetimes: {
      certificateMs: flags["cert-validity"],
      authorityMs: flags["ca-validity"],
      renewBeforeMs,
    },
    timing: {
      checkMs: Math.min(HALF_A_DAY_MS, renewBeforeMs / 4),
      settleMs: Math.min(SETTLE_MS, renewBeforeMs / 4),
    },
    serve(pair) {
      if (isFirst) resolve(pair);
      else onRenewed(pair);
      isFirst = false;
    },
    now: () => new Date(),
  });
  rotator.start();
  return { missing: () => rotator.missing(), first: promise, stop: () => rotator.stop() };
}

/** The configurations of the webhooks that this process answers, and those that the flags add. */
function configurations(flags: ManagerFlags): readonly WebhookConfiguration[] {
  const named = (kind: WebhookConfiguration["kind"], names: string): readonly WebhookConfiguration[] =>
    names.split(",").flatMap((name) => (name.trim() === "" ? [] : [{ kind, name: name.trim() }]));
  const validates = flags.operation.includes("webhook") || flags.operation.includes("mutation-webhook");
  return [
    ...(validates
      ? named("ValidatingWebhookConfiguration", flags["validating-webhook-configuration-name"])
      : []),
    ...(flags.operation.includes("mutation-webhook")
      ? named("MutatingWebhookConfiguration", flags["mutating-webhook-configuration-name"])
      : []),
    ...named(
      "ValidatingWebhookConfiguration",
      flags["additional-validating-webhook-configs-to-rotate-certs"],
    ),
    ...named("MutatingWebhookConfiguration", flags["additional-mutating-webhook-configs-to-rotate-certs"]),
  ];
}

/** How often the folder is looked at besides: mounts do not always tell. */
const LOOK_MS = 10_000;

function fromFolder({ flags, log, onRenewed }: CertificatesOptions): Source {
  const folder = flags["cert-dir"];
  const { promise, resolve } = Promise.withResolvers<KeyPair>();
  let served: KeyPair | undefined;
  let missing: readonly string[] = [`the certificate in ${folder}: not read yet`];
  const look = async (): Promise<Reconciled> => {
    const [cert = "", key = ""] = await Promise.all(
      ["tls.crt", "tls.key"].map((name) => readFile(join(folder, name), "utf8")),
    );
    const pair = { cert, key };
    const again = { ok: true, againInMs: LOOK_MS } as const;
    if (served?.cert === cert && served.key === key) return again;
    checkPair(pair);
    if (served) log.info("serving a new certificate");
    if (served) onRenewed(pair);
    else resolve(pair);
    served = pair;
    missing = [];
    return again;
  };
  // One look at a time: an earlier one that ends later would put the former certificate back.
  const queue = createWorkQueue({
    reconcile: look,
    maxBackoffMs: LOOK_MS,
    onFailure({ message }) {
      if (served) log.error("could not read the certificate again", { error: message });
      else missing = [`the certificate in ${folder}: ${message}`];
    },
  });
  queue.add(folder);
  const watcher = watchFolder(folder, () => queue.add(folder));
  return {
    missing: () => missing,
    first: promise,
    stop() {
      watcher?.close();
      return queue.stop();
    },
  };
}

/** The folder may not be there yet: then only the timer looks. */
function watchFolder(folder: string, onChange: () => void): ReturnType<typeof watch> | undefined {
  try {
    return watch(folder, onChange).on("error", () => undefined);
  } catch {
    return undefined;
  }
}
