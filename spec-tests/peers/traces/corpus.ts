import type { PlainObject, RegoVersion, Value } from "@portcullis/interpreter";
import { readSuite, type OpaCase } from "../../opa-cases/cases.ts";
import { readWork, rulePath, type WorkItem } from "../../bench/work-items.ts";
import { testData } from "../../test-data.ts";
import { TRACED_PROGRAMS, type TracedProgram } from "./programs.ts";

/** A query whose trace is compared, with all it needs. */
export interface TracedQuery {
  readonly name: string;
  readonly modules: readonly string[];
  readonly version: RegoVersion;
  readonly query: string;
  readonly input: Value | undefined;
  readonly data: PlainObject | undefined;
}

/** Our own programs, OPA's conformance cases and prepared evaluations of real policies; what is not there is left out. */
export const CORPORA: Readonly<Record<string, () => readonly TracedQuery[]>> = {
  programs: () => TRACED_PROGRAMS.map(ofProgram),
  v0: () => ofSuite("v0"),
  v1: () => ofSuite("v1"),
  work: () => {
    const path = testData("bench/work/work.json");
    return path ? readWork(path).map(ofWork) : [];
  },
};

export function ofProgram({ name, rules, query, input, data }: TracedProgram): TracedQuery {
  return {
    name,
    modules: [`package a\n${rules}`],
    version: "v1",
    query,
    input: input as Value | undefined,
    data: data as PlainObject | undefined,
  };
}

function ofSuite(suite: "v0" | "v1"): readonly TracedQuery[] {
  const directory = testData("opa-conformance");
  return directory ? readSuite(directory, suite).filter(isComparable).map(ofCase) : [];
}

/** Random or timed results, builtins of OPA's test programs and inputs that are no JSON differ for other reasons. */
function isComparable({ modules, query, inputTerm, experimentalKeywords }: OpaCase): boolean {
  const text = [query, ...modules].join("\n");
  return (
    inputTerm === undefined &&
    !experimentalKeywords &&
    !/rand\.|now_ns|uuid|runtime|http\.|lookup_ip|custom_builtin|test\.sleep/.test(text)
  );
}

function ofCase({ suite, folder, note, modules, query, input, data }: OpaCase): TracedQuery {
  return {
    name: `${suite}/${folder}: ${note}`,
    modules,
    version: suite === "v0" ? "v0" : "v1",
    query,
    input,
    data,
  };
}

function ofWork(item: WorkItem): TracedQuery {
  return {
    name: item.id,
    modules: item.modules,
    version: item.version,
    query: `data.${rulePath(item).join(".")}`,
    input: item.input as Value,
    data: item.data as PlainObject | undefined,
  };
}
