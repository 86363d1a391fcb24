import { isObject, type PlainObject, type Value } from "@portcullis/interpreter";
import { generate } from "../../../engine/src/expansion/generate.ts";
import { ExpansionSystem } from "../../../engine/src/expansion/system.ts";
import { decodeExpansionTemplate } from "../../../engine/src/expansion/template.ts";
import { parseManifests } from "../../../engine/src/files/parse-manifests.ts";
import { objectAt, listAt, textAt, valueAt } from "../../../engine/src/kubernetes/object-meta.ts";
import { decodeMutator } from "../../../engine/src/mutation/mutators/decode-mutator.ts";
import { MutationSystem } from "../../../engine/src/mutation/system.ts";
import type { Row } from "../gator-rows.ts";
import { fromGo } from "./go-values.ts";
import { leftOut, same } from "./suite.ts";
import type { RowOutcome, UnitSuite } from "./suite.ts";

/** `fixtures.LoadFixture(text, t)` and its sisters: the object that a text holds. */
function loaded(call: Value | undefined): PlainObject | undefined {
  const [text] = listAt(call, "args");
  if (typeof text !== "string") return objectAt(call, "Object");
  return parseManifests("fixture.yaml", text, { asGiven: true }).manifests[0]?.object;
}

function namespaceOf(row: Row): PlainObject | undefined {
  const given = row["ns"];
  if (!isObject(given ?? null)) return undefined;
  return { apiVersion: "v1", kind: "Namespace", ...(fromGo(given) as PlainObject) };
}

function errorOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function resourceRow(row: Row): RowOutcome {
  const object = loaded(row["obj"]);
  const given = fromGo(row["template"]);
  const kind = valueAt(given, "spec", "generatedGVK");
  if (!object) return leftOut("an object that no file can hold");
  const template = {
    object: given as PlainObject,
    name: textAt(given, "metadata", "name"),
    applyTo: [],
    templateSource: textAt(given, "spec", "templateSource"),
    generated: { group: textAt(kind, "group"), version: textAt(kind, "version"), kind: textAt(kind, "kind") },
    enforcementAction: "",
  };
  if (template.templateSource === "" || template.generated.kind === "") {
    return leftOut("a template that is refused when it is added, before anything is expanded");
  }
  let result: PlainObject | undefined;
  const error = errorOf(() => (result = generate(object, namespaceOf(row), template)));
  if (row["expectErr"] === true) {
    if (error === undefined) return { kind: "fails", why: "no error" };
    return same(error.includes(textAt(row, "errSubstr")), true);
  }
  return error === undefined ? same(result, loaded(row["want"])) : { kind: "fails", why: error };
}

function expandRow(row: Row): RowOutcome {
  const generator = loaded(row["generator"]);
  if (!generator) return leftOut("a generator that no file can hold");
  if (JSON.stringify(row).includes("loadAssignWithOperations")) {
    return leftOut("its mutator is made by a Go function; TestApplyTo_MatchesOperation has the operations");
  }
  let count = 0;
  const mutation = new MutationSystem({ newId: () => String(++count) });
  const system = new ExpansionSystem(mutation);
  let resultants: ReturnType<ExpansionSystem["expand"]> = [];
  const error = errorOf(() => {
    for (const one of listAt(row, "mutators")) mutation.upsert(decodeMutator(loaded(one) as PlainObject));
    for (const one of listAt(row, "templates"))
      system.upsert(decodeExpansionTemplate(loaded(one) as PlainObject));
    resultants = system.expand(generator, namespaceOf(row));
  });
  if (row["expectErr"] === true) return same(error !== undefined, true);
  if (error !== undefined) return { kind: "fails", why: error };
  const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  const got = resultants.map(({ object, templateName, enforcementAction }) => ({
    object,
    templateName,
    enforcementAction,
  }));
  const wanted = listAt(row, "want").map((want) => ({
    object: loaded(valueAt(want, "Obj")) as PlainObject,
    templateName: textAt(want, "TemplateName"),
    enforcementAction: textAt(want, "EnforcementAction"),
  }));
  return same([...got].sort(byText), [...wanted].sort(byText));
}

/** `fixtures.NewTemplate({Name, Apply, Source, GenGVK})`. */
function templateRow(row: Row): RowOutcome {
  if (textAt(row, "temp", "$call") !== "fixtures.NewTemplate") {
    return leftOut("its template is made by a Go function that is not in the data");
  }
  const [data] = listAt(row, "temp", "args");
  const spec = fromGo(data);
  const object: PlainObject = {
    apiVersion: "expansion.gatekeeper.sh/v1beta1",
    kind: "ExpansionTemplate",
    metadata: { name: textAt(spec, "name") },
    spec: {
      applyTo: valueAt(spec, "apply") ?? [],
      templateSource: textAt(spec, "source"),
      generatedGVK: valueAt(spec, "genGVK") ?? {},
    },
  };
  const error = errorOf(() => decodeExpansionTemplate(object));
  const [wanted] = listAt(row, "errFn", "args");
  if (typeof wanted !== "string") return same(error, undefined);
  return error === undefined ? { kind: "fails", why: "no error" } : same(error.includes(wanted), true);
}

const STORE = "looks into the fields of a Go struct; cycles are in review-with-expansion.test.ts";

export const EXPANSION_SUITES: Readonly<Record<string, UnitSuite>> = {
  "expansion/TestExpandResource": { judge: resourceRow },
  "expansion/TestExpand": { judge: expandRow },
  "expansion/TestValidateTemplate": { judge: templateRow },
  "expansion/TestDB": { leftOut: STORE },
  "expansion/TestGetConflicts": { leftOut: STORE },
  "expansion/TestTemplatesForGVK": { leftOut: STORE },
  "expansion/TestAggregateResponses": { leftOut: "joins the answers of several targets; there is one" },
  "expansion/TestOverrideEnforcementAction": {
    leftOut: "changes the answers of several targets; there is one",
  },
  "expansion/Test_AggregateStats": { leftOut: "counts the entries of a Go struct" },
};
