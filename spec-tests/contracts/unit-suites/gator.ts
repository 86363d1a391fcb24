import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isObject, type PlainObject, type Value } from "@portcullis/interpreter";
import { checkSync } from "../../../engine/src/cli/sync/check-sync.ts";
import { RequirementError, syncRequirements } from "../../../engine/src/cli/sync/requirements.ts";
import { assertionFault } from "../../../engine/src/cli/verify/assertion.ts";
import { parseFilter } from "../../../engine/src/cli/verify/filter.ts";
import { findSuites } from "../../../engine/src/cli/verify/find-suites.ts";
import { printResults } from "../../../engine/src/cli/verify/print.ts";
import type { CaseResult, SuiteResult, TestResult } from "../../../engine/src/cli/verify/result.ts";
import { parseManifests } from "../../../engine/src/files/parse-manifests.ts";
import { listAt, objectAt, textAt, valueAt } from "../../../engine/src/kubernetes/object-meta.ts";
import { reference } from "../gator-rows.ts";
import type { Row } from "../gator-rows.ts";
import { leftOut, same, throws } from "./suite.ts";
import type { RowOutcome, UnitSuite } from "./suite.ts";

function wantsError(row: Row, field = "wantErr"): boolean {
  return isObject(row[field] ?? null);
}

function filterErrorRow(row: Row): RowOutcome {
  return same(
    throws(() => parseFilter(textAt(row, "filter"))),
    wantsError(row, "want"),
  );
}

function filterTestRow(row: Row): RowOutcome {
  const cases = listAt(row, "test", "Cases").map((one) => ({ name: textAt(one, "Name") }));
  return same(parseFilter(textAt(row, "filter")).test(textAt(row, "test", "Name"), cases), row["want"]);
}

function assertionRow(row: Row): RowOutcome {
  const message = listAt(row, "assertion", "$list")[0] ?? "";
  const violations = valueAt(row, "assertion", "Violations") ?? "yes";
  const messages = listAt(row, "results").map((one) => textAt(one, "Msg"));
  const fault = assertionFault({ violations, message: String(message) }, messages);
  return same(fault !== undefined, wantsError(row));
}

function suitesRow(row: Row): RowOutcome {
  const files = objectAt(row, "fileSystem");
  if (!files) return leftOut("no file system at all: a nil of Go's");
  const target = textAt(row, "target");
  if (target.includes("..")) return leftOut("Go's io/fs knows no parent folders; the operating system does");
  if (target === "") return leftOut("no target: the command needs one");
  if (JSON.stringify(row).includes('"$list"')) {
    return leftOut("what is wanted holds Go pointers that the table's reader could not read");
  }
  const root = mkdtempSync(join(tmpdir(), "suites-"));
  for (const path of Object.keys(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), textAt(files, path, "Data"));
  }
  const path = join(root, target) + (row["recursive"] === true ? "/..." : "");
  if (wantsError(row))
    return same(
      throws(() => findSuites(path)),
      true,
    );
  const got = findSuites(path).map((suite) => suite.path.slice(root.length + 1));
  return same(
    got,
    listAt(row, "want").map((want) => textAt(want, "AbsolutePath")),
  );
}

/** `Duration(n * time.Millisecond)`. */
function milliseconds(call: Value | undefined): number {
  const [product] = listAt(call, "args");
  return Number(listAt(product, "$op", "args")[0] ?? listAt(product, "args")[0] ?? 0);
}

/** `errors.New("text")`. */
function errorOf(value: Value | undefined): string | undefined {
  const [text] = listAt(value, "args");
  return typeof text === "string" ? text : undefined;
}

function outcomeOf(value: Value) {
  return {
    name: textAt(value, "Name"),
    skipped: valueAt(value, "Skipped") === true,
    milliseconds: milliseconds(valueAt(value, "Runtime")),
    error: errorOf(valueAt(value, "Error")),
  };
}

function printRow(row: Row): RowOutcome {
  if (/"Trace"|"Error": ?\{"\$ref/.test(JSON.stringify(row))) {
    return leftOut("its errors or traces are Go values that the table's reader could not read");
  }
  const suites: readonly SuiteResult[] = listAt(row, "result").map((suite) => ({
    path: textAt(suite, "Path"),
    milliseconds: milliseconds(valueAt(suite, "Runtime")),
    tests: listAt(suite, "TestResults").map((test): TestResult => ({
      ...outcomeOf(test),
      cases: listAt(test, "CaseResults").map((one): CaseResult => outcomeOf(one)),
    })),
  }));
  return same([printResults(suites, false), printResults(suites, true)], [row["want"], row["wantVerbose"]]);
}

function requirementsRow(row: Row): RowOutcome {
  const annotations = valueAt(row, "template", "ObjectMeta", "Annotations") ?? {};
  const template: PlainObject = { metadata: { name: "t", annotations } };
  if (row["wantErr"] === true) {
    try {
      syncRequirements(template);
      return { kind: "fails", why: "no error" };
    } catch (error) {
      return same(error instanceof RequirementError, true);
    }
  }
  const got = syncRequirements(template).map((requirement) =>
    requirement.map(({ group, version, kind }) => `${group}/${version}/${kind}`).sort(),
  );
  const wanted = listAt(row, "want").map((set) =>
    Object.keys(set as PlainObject)
      .map((key) => JSON.parse(key) as Record<string, string>)
      .map((key) => `${key["Group"]}/${key["Version"]}/${key["Kind"]}`)
      .sort(),
  );
  return same(got, wanted);
}

const KINDS: Readonly<Record<string, PlainObject>> = {
  ServiceGVK: { group: "", version: "v1", kind: "Service" },
  DeploymentGVK: { group: "apps", version: "v1", kind: "Deployment" },
  IngressGVK: { group: "networking.k8s.io", version: "v1", kind: "Ingress" },
  PodGVK: { group: "", version: "v1", kind: "Pod" },
};

/** `toYAMLString(t, fakes.SyncSetFor(name, kinds))` and its sisters. */
function syncObject(input: Value): readonly PlainObject[] {
  if (typeof input === "string") {
    return parseManifests("input.yaml", input).manifests.map(({ object }) => object);
  }
  const maker = listAt(input, "args")[1];
  const args = listAt(maker, "args");
  const kinds = ((args.find((arg) => Array.isArray(arg)) as readonly Value[] | undefined) ?? []).map(
    (each) => KINDS[reference(each) ?? ""] as PlainObject,
  );
  const make = SYNC_MAKERS[textAt(maker, "$call")];
  return make ? [make(kinds)] : [];
}

const SYNC_MAKERS: Readonly<Record<string, (kinds: readonly PlainObject[]) => PlainObject>> = {
  "fakes.SyncSetFor": (gvks) => ({
    apiVersion: "syncset.gatekeeper.sh/v1alpha1",
    kind: "SyncSet",
    metadata: { name: "s" },
    spec: { gvks },
  }),
  "fakes.ConfigFor": (syncOnly) => ({
    apiVersion: "config.gatekeeper.sh/v1alpha1",
    kind: "Config",
    metadata: { name: "config" },
    spec: { sync: { syncOnly } },
  }),
  "fakes.GVKManifestFor": (kinds) => ({
    apiVersion: "gvkmanifest.gatekeeper.sh/v1alpha1",
    kind: "GVKManifest",
    metadata: { name: "m" },
    spec: {
      groups: kinds.map(({ group, version, kind }) => ({
        name: group as Value,
        versions: [{ name: version as Value, kinds: [kind as Value] }],
      })),
    },
  }),
};

function syncRow(row: Row): RowOutcome {
  const objects = listAt(row, "inputs").flatMap(syncObject);
  const { missing } = checkSync(objects, row["omitManifest"] === true);
  const got = Object.fromEntries([...missing].map(([name, unmet]) => [name, unmet.length]));
  const wanted = objectAt(row, "wantReqs") ?? {};
  return same(
    got,
    Object.fromEntries(Object.keys(wanted).map((name) => [name, listAt(wanted, name).length])),
  );
}

function syncErrorRow(row: Row): RowOutcome {
  const objects = listAt(row, "inputs").flatMap(syncObject);
  const failed = throws(() => {
    if (checkSync(objects, row["omitManifest"] === true).unreadable.size > 0) throw new RequirementError("x");
  });
  return same(failed, true);
}

function resourcesRow(row: Row): RowOutcome {
  const [text] = listAt(row, "args", "r", "args");
  const { manifests } = parseManifests("stdin", String(text), { asGiven: true });
  return same(
    manifests.map(({ object }) => object),
    listAt(row, "want").map((want) => valueAt(want, "Object") ?? null),
  );
}

export const GATOR_SUITES: Readonly<Record<string, UnitSuite>> = {
  "gator/test/TestTest": { testedIn: "gator-cases.test.ts" },
  "gator/verify/TestRunner_Run": { testedIn: "gator-verify.test.ts" },
  "gator/verify/TestRunner_RunCase": { testedIn: "gator-cases.test.ts" },
  "gator/verify/TestFilter_MatchesCase": { testedIn: "gator-verify.test.ts" },
  "gator/verify/TestFilter_MatchesTest": { judge: filterTestRow },
  "gator/verify/TestFilter_Error": { judge: filterErrorRow },
  "gator/verify/TestAssertion_Run": { judge: assertionRow },
  "gator/verify/TestReadSuites": { judge: suitesRow },
  "gator/verify/TestPrinterGo_Print": { judge: printRow },
  "gator/verify/TestRunner_Run_Integer": {
    leftOut: "the object and the numbers are made by a Go function; integers are in driver.test.ts",
  },
  "gator/sync/test/TestTest": { judge: syncRow },
  "gator/sync/test/TestTest_Errors": { judge: syncErrorRow },
  "cachemanager/parser/TestReadSyncRequirements": { judge: requirementsRow },
  "gator/reader/TestReadK8sResources": { judge: resourcesRow },
  "gator/reader/TestDetectConflicts": {
    leftOut: "compares Go structs of sources; gator-peer.test.ts has the warnings",
  },
  "gator/TestIsYAMLExtension": { leftOut: "asks a Go function; gator-commands.test.ts has the extensions" },
  "gator/TestIsSupportedExtension": {
    leftOut: "asks a Go function; gator-commands.test.ts has the extensions",
  },
};
