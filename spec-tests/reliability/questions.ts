import type { PlainObject } from "@portcullis/interpreter";
import type { AdmissionAnswer } from "../webhook.ts";
import { reviewOf } from "../webhook.ts";
import { ingress, NAMESPACES, TAKEN_HOSTS } from "./policies.ts";

/** A request whose right answer is known. */
export interface Question {
  readonly name: string;
  readonly path: "/v1/admit" | "/v1/admitlabel" | "/v1/mutate";
  readonly object: PlainObject;
  /** The n-th body: of these some differ in their values. */
  readonly body: (n: number) => string;
  /** What is wrong with an answer; undefined where it is right. */
  readonly fault: (answer: AdmissionAnswer, n: number) => string | undefined;
}

export interface ConfigMapParts {
  readonly namespace?: string;
  readonly data?: PlainObject;
}

export function configMap(
  labels: Readonly<Record<string, string>>,
  { namespace = NAMESPACES.plain, data = {} }: ConfigMapParts = {},
): PlainObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "asked", namespace, labels }, data };
}

interface Wanted {
  readonly message?: string;
  readonly warnings?: readonly string[];
  readonly patch?: string;
}

function wants(wanted: Wanted): (answer: AdmissionAnswer) => string | undefined {
  const { message, warnings, patch } = wanted;
  const right = JSON.stringify({ allowed: message === undefined, message, warnings, patch });
  return (answer) => {
    const got = JSON.stringify({
      allowed: answer.allowed,
      message: answer.allowed ? undefined : answer.status.message,
      warnings: answer.warnings,
      patch: answer.patch && Buffer.from(answer.patch, "base64").toString(),
    });
    return got === right ? undefined : `${got} instead of ${right}`;
  };
}

function question(
  name: string,
  object: PlainObject,
  wanted: Wanted,
  path: Question["path"] = "/v1/admit",
): Question {
  const body = JSON.stringify(reviewOf(object, "CREATE"));
  return { name, path, object, body: () => body, fault: wants(wanted) };
}

const NEEDS_SERVICE = configMap({ owner: "a", needs: "service" }, { data: { service: "db" } });

/** What is asked, in turn. */
export const QUESTIONS: readonly Question[] = [
  question("a label is missing", configMap({}), { message: "[owner] label owner is missing" }),
  question("the label is there", configMap({ owner: "a" }), {}),
  question("by the namespace's label", configMap({ owner: "a" }, { namespace: NAMESPACES.prod }), {
    message: "[tier] label tier is missing",
  }),
  question("a warning", configMap({ owner: "a", advised: "yes" }), {
    warnings: ["[advice] label advice is missing"],
  }),
  {
    name: "a host that is taken",
    path: "/v1/admit",
    object: ingress("another", "taken-0.example.com"),
    body: (n) =>
      JSON.stringify(reviewOf(ingress("another", `taken-${n % TAKEN_HOSTS}.example.com`), "CREATE")),
    fault: (answer, n) => {
      const i = n % TAKEN_HOSTS;
      const owner = `${NAMESPACES.plain}/ingress-${i}`;
      return wants({ message: `[hosts] host taken-${i}.example.com belongs to ${owner}` })(answer);
    },
  },
  question("a host that is free", ingress("another", "free.example.com"), {}),
  question("a service that is there", NEEDS_SERVICE, {}),
  question("100 kB", configMap({ owner: "a" }, { data: { text: "x".repeat(100_000) } }), {}),
  question(
    "a mutation",
    configMap({ owner: "a" }),
    { patch: JSON.stringify([{ op: "add", path: "/metadata/labels/stamped", value: "yes" }]) },
    "/v1/mutate",
  ),
  question(
    "the ignore label",
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "sly", labels: { "admission.gatekeeper.sh/ignore": "yes" } },
    },
    {
      message: "Only exempt namespace can have the admission.gatekeeper.sh/ignore label",
    },
    "/v1/admitlabel",
  ),
];

/** The question whose answer depends on whether Services are copied. */
export const SERVICE_QUESTION = QUESTIONS.find(({ name }) => name === "a service that is there") as Question;

/** What is answered to it when they are not. */
export const serviceIsUnknown = wants({ message: "[services] there is no service db" });
