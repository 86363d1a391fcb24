import { readFileSync } from "node:fs";
import {
  createRego,
  formatErrors,
  getOwn,
  isObject,
  RegoSet,
  writeJson,
  type PlainObject,
  type PreparedRule,
  type Value,
} from "@portcullis/interpreter";
import { nodeHost } from "@portcullis/interpreter/node";

/** One prepared evaluation of a policy's `violation` rule; the README beside the data describes the fields. */
export interface WorkItem {
  readonly id: string;
  readonly version: "v0" | "v1";
  readonly package: string;
  readonly modules: readonly string[];
  readonly input: unknown;
  readonly data?: { readonly inventory?: unknown };
  /** What is evaluated, below `data`; by default the package's `violation`. */
  readonly rule?: readonly string[];
}

/** The document that an item evaluates, as a path below `data`. */
export function rulePath(item: WorkItem): readonly string[] {
  return item.rule ?? [...item.package.split("."), "violation"];
}

export interface PreparedWork {
  /** Runs the evaluation once and returns its value. Throws when it fails. */
  readonly run: () => Value | undefined;
}

export function readWork(path: string): readonly WorkItem[] {
  return JSON.parse(readFileSync(path, "utf8")) as readonly WorkItem[];
}

/**
 * Compiles the modules and binds the input, so that only evaluation is left: by JavaScript written for the policy, as in the
 * server, or by closures. Throws when the policy does not compile.
 */
export function prepareWork(
  item: WorkItem,
  { generateCode = false }: { readonly generateCode?: boolean } = {},
): PreparedWork {
  const rego = createRego({
    modules: item.modules.map((source, i) => ({
      name: `${item.id}-${i}.rego`,
      source,
      version: item.version,
    })),
    host: nodeHost(),
  });
  if (rego.errors.length > 0) throw new Error(formatErrors(rego.errors));
  const rule: PreparedRule = rego.prepareRule(rulePath(item), { generateCode });
  if (rule.errors.length > 0) throw new Error(formatErrors(rule.errors));
  const options = { input: item.input as Value, data: (item.data ?? {}) as PlainObject };
  return {
    run: () => {
      const { value, errors } = rule.eval(options);
      if (errors.length > 0) throw new Error(formatErrors(errors));
      return value;
    },
  };
}

/** The messages of a violation set, sorted. */
export function messagesOf(value: Value | undefined): readonly string[] {
  if (!(value instanceof RegoSet)) return [];
  return [...value]
    .map((violation) => (isObject(violation) ? getOwn(violation as PlainObject, "msg") : undefined))
    .map((message) => (typeof message === "string" ? message : writeJson(message ?? null)))
    .sort();
}
