import { listAt, objectAt, textAt } from "@portcullis/engine";
import {
  createListWatch,
  createWorkQueue,
  isAlreadyExists,
  isConflict,
  isNotFound,
  RECONCILED,
} from "@portcullis/engine/cluster";
import type {
  KubeApi,
  KubeError,
  ListWatch,
  ListWatchTiming,
  ObjectName,
  Reconciled,
  Resource,
} from "@portcullis/engine/cluster";
import type { PlainObject, Value } from "@portcullis/interpreter";
import type { KeyPair } from "../certificates/authority.ts";
import { OVERLAP_MS, renew } from "../certificates/renew.ts";
import type { Lifetimes, StoredCertificates } from "../certificates/renew.ts";
import type { Log } from "../observability/log.ts";

/** A webhook configuration that is to trust our CA. */
export interface WebhookConfiguration {
  readonly kind: "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration";
  readonly name: string;
}

export interface CertificateRotatorOptions {
  readonly api: KubeApi;
  readonly log: Log;
  /** The Secret that all replicas share. */
  readonly secret: Required<ObjectName>;
  /** The DNS name that the API server calls: `<service>.<namespace>.svc`. */
  readonly dnsName: string;
  readonly configurations: readonly WebhookConfiguration[];
  /** The certificate is shown to external data providers, too. */
  readonly clientAuth?: boolean;
  readonly lifetimes?: Partial<Lifetimes>;
  /** Hands over what to serve from now on, at first and after each renewal. */
  readonly serve: (certificate: KeyPair) => void;
  readonly now: () => Date;
  readonly timing?: Partial<RotatorTiming>;
}

export interface RotatorTiming {
  /** Between two looks at the expiry dates. Default 12 h, as Gatekeeper. */
  readonly checkMs: number;
  /** Between the injection of a new CA and the first use of what it signed: API servers learn of it by their watches. Default 10 s. */
  readonly settleMs: number;
  /** The first wait after a failure. */
  readonly backoffMs: number;
  readonly listWatch: Partial<ListWatchTiming>;
}

/** Keeps the Secret, the webhook configurations and the served certificate in step. */
export interface CertificateRotator {
  start(): void;
  /** What is not in order yet, for `/readyz`. */
  missing(): readonly string[];
  stop(): Promise<void>;
}

const SECRETS: Resource = { group: "", version: "v1", kind: "Secret", plural: "secrets", namespaced: true };
const KEY = "certificates";
const END = "-----END CERTIFICATE-----";
const HALF_A_DAY_MS = 12 * 3_600_000;

/**
 * Rotation as in Gatekeeper (contract 14): the CA and the serving certificate stand in one Secret, which whoever comes
 * first fills or renews; the others take over what they find (409: read again). Every replica puts the CA into the
 * webhook configurations, and puts it back when somebody overwrites it. Beyond Gatekeeper, a certificate of a new CA is
 * served only when API servers have had the time to learn of that CA, and the old CA stays in the bundle: no request
 * fails meanwhile. The certificate comes from the Secret itself, so there is no wait for the kubelet's copy of it.
 */
export function createCertificateRotator(options: CertificateRotatorOptions): CertificateRotator {
  return new Rotator(options);
}

class Rotator implements CertificateRotator {
  readonly #options: CertificateRotatorOptions;
  readonly #queue;
  readonly #watches: readonly ListWatch[];
  #missing: readonly string[] = ["the serving certificate: not looked at yet"];
  #served: (KeyPair & { readonly authority: string }) | undefined;
  /** The CA bundle that is in all configurations, and since when. */
  #injected: { readonly bundle: string; readonly at: number } | undefined;
  readonly #absent = new Set<string>();

  constructor(options: CertificateRotatorOptions) {
    this.#options = options;
    this.#queue = createWorkQueue({
      reconcile: (_, signal) => this.#reconcile(signal),
      backoffMs: options.timing?.backoffMs ?? 500,
      maxBackoffMs: 30_000,
      onFailure: ({ message, retryInMs }) => {
        // What is served goes on being served, whatever keeps us from the API server.
        if (!this.#served) this.#missing = [`the serving certificate: ${message}`];
        options.log.error("could not bring certificates in order", {
          error: message,
          retry_in_ms: retryInMs,
        });
      },
    });
    const watch = (resource: Resource, { namespace, name }: ObjectName): ListWatch =>
      createListWatch({
        api: options.api,
        resource,
        ...(namespace === undefined ? {} : { namespace }),
        fieldSelector: `metadata.name=${name}`,
        onChange: () => this.#queue.add(KEY),
        timing: options.timing?.listWatch ?? {},
      });
    this.#watches = [
      watch(SECRETS, options.secret),
      ...options.configurations.map(({ kind, name }) => watch(configurationResource(kind), { name })),
    ];
  }

  start(): void {
    for (const watch of this.#watches) watch.start();
    this.#queue.add(KEY);
  }

  missing(): readonly string[] {
    return this.#missing;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watches.map((watch) => watch.stop()), this.#queue.stop()]);
  }

  async #reconcile(signal: AbortSignal): Promise<Reconciled> {
    const kept = await this.#keepSecret(signal);
    if (!kept.ok) return kept;
    const { authority, leaf } = kept.value;
    for (const configuration of this.#options.configurations) {
      const injected = await this.#inject(configuration, authority, signal);
      if (!injected.ok) return injected;
    }
    const now = performance.now();
    if (this.#injected?.bundle !== authority) this.#injected = { bundle: authority, at: now };
    return this.#serveWhenSettled({ ...leaf, authority }, now - this.#injected.at);
  }

  /** Serves the first certificate at once: until then no request can be answered anyway. */
  #serveWhenSettled(leaf: KeyPair & { readonly authority: string }, settledForMs: number): Reconciled {
    const { serve, timing, log } = this.#options;
    const checkMs = timing?.checkMs ?? HALF_A_DAY_MS;
    // Behind the CA stands the one that it has replaced: to be taken out in time.
    const isBundle = leaf.authority.includes(END, leaf.authority.indexOf(END) + 1);
    const again = { ok: true, againInMs: isBundle ? Math.min(checkMs, OVERLAP_MS) : checkMs } as const;
    if (this.#served?.cert === leaf.cert && this.#served.key === leaf.key) {
      this.#served = leaf;
      return again;
    }
    const settleMs = timing?.settleMs ?? 10_000;
    if (this.#served && settledForMs < settleMs) return { ok: true, againInMs: settleMs - settledForMs };
    if (this.#served) log.info("serving a new certificate");
    this.#served = leaf;
    serve(leaf);
    this.#missing = [];
    return again;
  }

  async #keepSecret(
    signal: AbortSignal,
  ): Promise<{ ok: true; value: { authority: string; leaf: KeyPair } } | Failure> {
    const { api, secret, dnsName, clientAuth, lifetimes, now, log } = this.#options;
    const read = await api.get(SECRETS, secret, { signal });
    if (!read.ok && !isNotFound(read.error)) return failure(`Secret ${shown(secret)}`, read.error);
    const found = read.ok ? read.value : undefined;
    const renewed = await renew(storedIn(found), {
      hosts: [dnsName],
      now: now(),
      ...(clientAuth === undefined ? {} : { clientAuth }),
      ...(lifetimes === undefined ? {} : { lifetimes }),
      servedAuthority: this.#served?.authority,
    });
    const value = { authority: renewed.authority.cert, leaf: renewed.leaf };
    if (renewed.made === "nothing") return { ok: true, value };
    const data = encodedData({
      "ca.crt": renewed.authority.cert,
      "ca.key": renewed.authority.key,
      "tls.crt": renewed.leaf.cert,
      "tls.key": renewed.leaf.key,
    });
    const written = found
      ? await api.replace(SECRETS, { ...found, data: { ...objectAt(found, "data"), ...data } }, { signal })
      : await api.create(SECRETS, newSecret(secret, data), { signal });
    // Another replica was faster: its certificates count.
    if (!written.ok && (isConflict(written.error) || isAlreadyExists(written.error))) {
      return { ok: false, message: "another replica writes the Secret" };
    }
    if (!written.ok) return failure(`Secret ${shown(secret)}`, written.error);
    log.info(MADE[renewed.made], { secret: shown(secret) });
    return { ok: true, value };
  }

  async #inject(
    { kind, name }: WebhookConfiguration,
    bundle: string,
    signal: AbortSignal,
  ): Promise<Reconciled> {
    const { api, log } = this.#options;
    const resource = configurationResource(kind);
    const read = await api.get(resource, { name }, { signal });
    if (!read.ok && isNotFound(read.error)) {
      // Said once: the watch tells when it comes.
      if (!this.#absent.has(`${kind} ${name}`))
        log.info("the webhook configuration is not there", { kind, name });
      this.#absent.add(`${kind} ${name}`);
      return RECONCILED;
    }
    if (!read.ok) return failure(`${kind} ${name}`, read.error);
    this.#absent.delete(`${kind} ${name}`);
    const wanted = Buffer.from(bundle).toString("base64");
    const webhooks = listAt(read.value, "webhooks");
    const trusting = webhooks.map((webhook) => withBundle(webhook, wanted));
    if (trusting.every((webhook, i) => webhook === webhooks[i])) return RECONCILED;
    const written = await api.replace(resource, { ...read.value, webhooks: trusting }, { signal });
    if (!written.ok) return failure(`${kind} ${name}`, written.error);
    log.info("put the CA into the webhook configuration", { kind, name });
    return RECONCILED;
  }
}

const MADE = {
  ca: "made a new CA and certificate",
  certificate: "made a new certificate",
  bundle: "changed the CAs that are trusted besides our own",
} as const;

type Failure = { readonly ok: false; readonly message: string };

function failure(what: string, { message }: KubeError): Failure {
  return { ok: false, message: `${what}: ${message}` };
}

function withBundle(webhook: Value, bundle: string): Value {
  if (textAt(webhook, "clientConfig", "caBundle") === bundle) return webhook;
  const fields = objectAt(webhook) ?? {};
  return { ...fields, clientConfig: { ...objectAt(webhook, "clientConfig"), caBundle: bundle } };
}

function configurationResource(kind: WebhookConfiguration["kind"]): Resource {
  const plural = `${kind.toLowerCase()}s`;
  return { group: "admissionregistration.k8s.io", version: "v1", kind, plural, namespaced: false };
}

function storedIn(secret: PlainObject | undefined): StoredCertificates {
  const text = (name: string): string | undefined => {
    const encoded = textAt(secret, "data", name);
    return encoded === "" ? undefined : Buffer.from(encoded, "base64").toString();
  };
  return { caCert: text("ca.crt"), caKey: text("ca.key"), cert: text("tls.crt"), key: text("tls.key") };
}

function encodedData(data: Readonly<Record<string, string>>): PlainObject {
  return Object.fromEntries(
    Object.entries(data).map(([name, text]) => [name, Buffer.from(text).toString("base64")]),
  );
}

function newSecret({ namespace, name }: Required<ObjectName>, data: PlainObject): PlainObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { namespace, name }, data };
}

function shown({ namespace, name }: Required<ObjectName>): string {
  return `${namespace}/${name}`;
}
