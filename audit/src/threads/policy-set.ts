import { createHash } from "node:crypto";
import {
  decodeExpansionTemplate,
  decodeMutator,
  ExpansionSystem,
  InvalidExpansionTemplateError,
  MutationSystem,
  objectAt,
  objectMeta,
} from "@portcullis/engine";
import type { Client } from "@portcullis/engine";
import { parseJson, writeJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";

/** The policies of one moment as a text: exact, and fit to go to another thread. */
export interface PolicySet {
  readonly text: string;
  /** The same for the same policies, in whatever order they came; status and managed fields do not count. */
  readonly revision: string;
}

export interface Policies {
  readonly client: Client;
  readonly expansion: ExpansionSystem;
  readonly mutation: MutationSystem;
}

const PARTS = ["templates", "constraints", "mutators", "expansions"] as const;

/** Everything that is in force, and the Config: what it excludes. */
export function policySetOf(
  { client, expansion, mutation }: Policies,
  config: PlainObject | undefined,
): PolicySet {
  const parts: Readonly<Record<(typeof PARTS)[number], readonly PlainObject[]>> = {
    templates: client.templates().map(({ object }) => object),
    constraints: client.constraints().map(({ object }) => object),
    mutators: mutation.objects(),
    expansions: expansion.objects(),
  };
  const members = PARTS.map((part) => `"${part}":[${parts[part].map(textOf).join(",")}]`);
  const text = `{${members.join(",")},"config":${config ? textOf(config) : "null"}}`;
  return { text, revision: createHash("sha256").update(text).digest("hex") };
}

/** Objects never change: each is written once, and not in each sweep. */
const texts = new WeakMap<PlainObject, string>();

function textOf(object: PlainObject): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = writeJson(essence(object), { escapeHtml: false });
  texts.set(object, text);
  return text;
}

/** An object without what the API server and controllers write into it. */
function essence(object: PlainObject): PlainObject {
  const { status: _status, ...rest } = object;
  const { name, namespace } = objectMeta(object);
  const kept: Record<string, Value> = { name };
  if (namespace !== "") kept["namespace"] = namespace;
  for (const field of ["labels", "annotations"]) {
    const value = objectAt(object, "metadata", field);
    if (value) kept[field] = value;
  }
  return { ...rest, metadata: kept };
}

/** What a policy set brought into force. */
export interface LoadedPolicies {
  readonly expansion: ExpansionSystem;
  readonly config: PlainObject | undefined;
  /** What is not in force, and why: this happens only where this thread is not set up as the other one. */
  readonly problems: readonly { readonly kind: string; readonly name: string; readonly message: string }[];
}

/** Makes a client hold the policies of a set and no others. What it holds already is not compiled again. */
export function loadPolicySet(client: Client, { text }: Pick<PolicySet, "text">): LoadedPolicies {
  const parsed = parseJson(text);
  const set = parsed.ok ? (parsed.value as PlainObject) : {};
  const [templates, constraints, mutators, expansions] = PARTS.map(
    (part) => (set[part] ?? []) as readonly PlainObject[],
  ) as [readonly PlainObject[], readonly PlainObject[], readonly PlainObject[], readonly PlainObject[]];
  const problems: { kind: string; name: string; message: string }[] = [];
  const take = (object: PlainObject, outcome: ReturnType<Client["addTemplate"]>): void => {
    const { kind, name } = objectMeta(object);
    if (!outcome.ok) problems.push({ kind, name, message: outcome.error.message });
  };
  const wanted = new Set(templates.map((object) => objectMeta(object).name));
  for (const { name } of client.templates()) if (!wanted.has(name)) client.removeTemplate(name);
  for (const object of templates) take(object, client.addTemplate(object));
  const named = new Set(constraints.map(constraintKey));
  for (const { object, kind, name } of client.constraints()) {
    if (!named.has(constraintKey(object))) client.removeConstraint(kind, name);
  }
  for (const object of constraints) take(object, client.addConstraint(object));
  const mutation = new MutationSystem({ newId: () => "audit" });
  for (const object of mutators) mutation.upsert(decodeMutator(object));
  const expansion = new ExpansionSystem(mutation);
  for (const object of expansions) {
    try {
      expansion.upsert(decodeExpansionTemplate(object));
    } catch (error) {
      // One that closes a cycle is kept: it works once the cycle is gone.
      if (!(error instanceof InvalidExpansionTemplateError)) throw error;
    }
  }
  const config = set["config"];
  return { expansion, config: config ? (config as PlainObject) : undefined, problems };
}

function constraintKey(object: PlainObject): string {
  const { kind, name } = objectMeta(object);
  return `${kind} ${name}`;
}
