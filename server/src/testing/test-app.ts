import { decodeMutator, ExpansionSystem, MutationSystem, processExcluder } from "@portcullis/engine";
import type { Client, Response, Result, Review } from "@portcullis/engine";
import type { EventNote, ExportRecord } from "@portcullis/engine/cluster";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { FastifyInstance } from "fastify";
import { buildApp } from "../app.ts";
import type { AdmissionOptions, Policies } from "../admission/policies.ts";
import type { LogFields } from "../observability/log.ts";
import { createMetrics } from "../observability/metrics.ts";

export interface TestAppOptions {
  /** What the client answers to a review; nothing violated by default. */
  readonly review?: (review: Review) => Response;
  readonly client?: Partial<Client>;
  /** Mutators in force. */
  readonly mutators?: readonly PlainObject[];
  readonly config?: PlainObject;
  readonly namespace?: Policies["namespace"];
  readonly options?: AdmissionOptions;
  readonly missing?: readonly string[];
  /** Default: as many as there are cores. */
  readonly maxServingThreads?: number;
  /** Receives the Events of violations. */
  readonly onEvent?: (event: EventNote) => void;
  /** Receives the violations that are exported. */
  readonly onExport?: (record: ExportRecord) => void;
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly logged: readonly { readonly message: string; readonly fields: LogFields }[];
  /** The reviews that the client was asked. */
  readonly reviews: readonly Review[];
  /** Sends a request to an endpoint as an AdmissionReview and answers the `response` of the answer. */
  readonly send: (request: PlainObject, url?: string) => Promise<AdmissionAnswer>;
}

export interface AdmissionAnswer {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status: { readonly code: number; readonly message?: string; readonly reason?: string };
  readonly warnings?: readonly string[];
  readonly patchType?: string;
  /** Base64 of a JSON Patch. */
  readonly patch?: string;
}

/** The application around a client that answers what the test says. */
export function testApp(given: TestAppOptions = {}): TestApp {
  const logged: { message: string; fields: LogFields }[] = [];
  const reviews: Review[] = [];
  const add = (message: string, fields: LogFields = {}): void => void logged.push({ message, fields });
  const done = { ok: true, value: undefined } as const;
  const client: Client = {
    addTemplate: () => done,
    removeTemplate: () => {},
    addConstraint: () => done,
    removeConstraint: () => {},
    validateTemplate: () => done,
    compileTemplate: () => done,
    validateConstraint: () => done,
    addData: () => done,
    removeData: () => {},
    wipeData: () => {},
    review(review) {
      reviews.push(review);
      return given.review?.(review) ?? { results: [], errors: [] };
    },
    settle: (work) => Promise.resolve(work(client)),
    templates: () => [],
    constraints: () => [],
    dependence: () => "nothing",
    inventoryReads: () => [],
    inventory: () => ({}),
    revisions: () => ({ policy: 0, data: 0 }),
    dump: () => ({ dumped: true }),
    ...given.client,
  };
  const mutation = new MutationSystem({ newId: () => "mutation-1" });
  for (const mutator of given.mutators ?? []) mutation.upsert(decodeMutator(mutator));
  const excluder = processExcluder(given.config);
  const app = buildApp({
    policies: {
      client,
      mutation,
      expansion: new ExpansionSystem(mutation),
      excluder: () => excluder,
      config: () => given.config,
      namespace: given.namespace ?? ((name) => Promise.resolve({ metadata: { name } })),
    },
    log: { debug: add, info: add, error: add },
    metrics: createMetrics(),
    readiness: () => given.missing ?? [],
    options: given.options ?? {},
    ...(given.maxServingThreads !== undefined && { maxServingThreads: given.maxServingThreads }),
    ...(given.onEvent && {
      events: { record: given.onEvent, room: () => Promise.resolve(), stop: () => Promise.resolve() },
    }),
    ...(given.onExport && { exporter: { offer: (record) => given.onExport?.(record()) } }),
  });
  return {
    app,
    logged,
    reviews,
    async send(request, url = "/v1/admit") {
      const payload = JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request });
      const headers = { "content-type": "application/json" };
      const answer = await app.inject({ method: "POST", url, headers, payload });
      const parsed = parseJson(answer.body);
      if (!parsed.ok) throw new Error(`no JSON: ${answer.body}`);
      return (parsed.value as unknown as { response: AdmissionAnswer }).response;
    },
  };
}

/** One violation of a constraint named `name` with these actions. */
export function violation(name: string, msg: string, actions: readonly string[] = ["deny"]): Result {
  return {
    constraint: { group: "constraints.gatekeeper.sh", version: "v1beta1", kind: "K8sTest", name, object: {} },
    msg,
    details: {},
    enforcementAction: actions.length === 1 ? (actions[0] as string) : "scoped",
    actions,
  };
}

/** A CREATE request for a Pod, changed by `over`. */
export function podRequest(over: PlainObject = {}): PlainObject {
  return {
    uid: "u-1",
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    name: "web",
    namespace: "shop",
    operation: "CREATE",
    userInfo: { username: "ann" },
    object: { apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "shop" } },
    oldObject: null,
    ...over,
  };
}
