import { createClient, objectMeta } from "@portcullis/engine";
import { readManifests } from "@portcullis/engine/files";
import type { FileProblem, Manifests } from "@portcullis/engine/files";
import { parseJson, writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { buildApp, createMetrics, FolderPolicies } from "@portcullis/server";
import type { AdmissionOptions } from "@portcullis/server";
import nodeCrypto from "node:crypto";

/** One line of the webhook's log. */
export interface LogLine {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface AdmissionAnswer {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status: { readonly code: number; readonly message?: string; readonly reason?: string };
  readonly warnings?: readonly string[];
  /** Base64 of a JSON Patch. */
  readonly patch?: string;
}

/** The webhook that users get, with policies of some files, asked over HTTP without a socket. */
export interface Webhook {
  readonly policies: FolderPolicies;
  readonly log: readonly LogLine[];
  /** Takes these files over as the content of the folder and answers what is wrong with them. */
  load(files: readonly string[]): Promise<readonly FileProblem[]>;
  post(review: PlainObject, url?: string): Promise<AdmissionAnswer>;
}

export function webhook(options: AdmissionOptions = {}): Webhook {
  const client = createClient({ crypto: nodeCrypto, nowNs: () => BigInt(Date.now()) * 1_000_000n });
  const policies = new FolderPolicies({ client });
  const log: LogLine[] = [];
  const add = (message: string, fields: LogLine["fields"] = {}): void => void log.push({ message, fields });
  const app = buildApp({
    policies,
    log: { debug: add, info: add, error: add },
    metrics: createMetrics(),
    readiness: policies.missing,
    options: { logDenies: true, ...options },
  });
  return {
    policies,
    log,
    load: async (files) => policies.apply(await readAll(files)).problems,
    post: async (review, url = "/v1/admit") => {
      const headers = { "content-type": "application/json" };
      const payload = writeJson(review);
      const answer = await app.inject({ method: "POST", url, headers, payload });
      const parsed = parseJson(answer.body);
      if (answer.statusCode !== 200 || !parsed.ok)
        throw new Error(`HTTP ${answer.statusCode}: ${answer.body}`);
      return (parsed.value as unknown as { response: AdmissionAnswer }).response;
    },
  };
}

export async function readAll(files: readonly string[]): Promise<Manifests> {
  const read = await Promise.all(files.map((file) => readManifests(file)));
  return {
    manifests: read.flatMap((each) => each.manifests),
    problems: read.flatMap((each) => each.problems),
  };
}

/** The AdmissionReview that an API server sends for an object. */
export function reviewOf(
  object: PlainObject,
  operation: string,
  userInfo: PlainObject = { username: "kubernetes-admin", groups: ["system:masters"] },
): PlainObject {
  const { group, version, kind, name, namespace } = objectMeta(object);
  const request = {
    uid: "test",
    kind: { group, version, kind },
    resource: { group, version, resource: `${kind.toLowerCase()}s` },
    name,
    ...(namespace === "" ? {} : { namespace }),
    operation,
    userInfo,
    object: operation === "DELETE" ? null : object,
    oldObject: operation === "CREATE" ? null : object,
  };
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request };
}
