import { objectAt } from "@portcullis/engine";
import { parseManifests } from "@portcullis/engine/files";
import type { PlainObject } from "@portcullis/interpreter";
import { CHART_VALUES } from "./chart-values.ts";
import { changed } from "./remark.ts";
import type { Checked, Remark } from "./remark.ts";

/**
 * Says of each value of a release of Gatekeeper's chart whether ours has it: ours would refuse the whole file for one that it does
 * not have. Throws an Error when the text is no YAML with a mapping in it.
 */
export function checkValues(text: string, file: string): readonly Checked[] {
  const { manifests, problems } = parseManifests(file, text, { asGiven: true });
  const [problem] = problems;
  if (problem) throw new Error(`${file}:${problem.line}: ${problem.message}`);
  const found = new Map<string, readonly Remark[]>();
  for (const { object } of manifests)
    for (const [key, remarks] of judged(object, [])) found.set(key, remarks);
  return [...found].map(([name, remarks]) => ({
    group: "",
    kind: "value",
    namespace: "",
    name,
    place: file,
    remarks,
  }));
}

type Judged = readonly [key: string, remarks: readonly Remark[]];

/** The values below a path, or the branch that as a whole is not there. */
function judged(values: PlainObject, path: readonly string[]): readonly Judged[] {
  return Object.entries(values).flatMap(([name, value]): readonly Judged[] => {
    const at = [...path, name];
    const key = at.join(".");
    // Helm takes away a value that is null.
    if (value === null) return [];
    if (KNOWN.has(key)) return [[key, []]];
    const branch = objectAt(values, name);
    if (BRANCHES.has(key) && branch) return judged(branch, at);
    return [stranger(key)];
  });
}

const KNOWN: ReadonlySet<string> = new Set(CHART_VALUES);
const BRANCHES: ReadonlySet<string> = new Set(
  CHART_VALUES.flatMap((value) => {
    const names = value.split(".");
    return names.slice(1).map((_, i) => names.slice(0, i + 1).join("."));
  }),
);

function stranger(key: string): Judged {
  const [branch = key, remark = NO_SUCH_VALUE] =
    ABSENT.find(
      ([name]) => key === name || key.startsWith(name.endsWith("…") ? name.slice(0, -1) : `${name}.`),
    ) ?? [];
  return [branch, [remark]];
}

const TAKE_OUT = "take it out: the chart refuses a file with it";
const NO_SUCH_VALUE = changed("there is no such value", TAKE_OUT);
const ONE_IMAGE = changed("the one image brings its CRDs", TAKE_OUT);
const NO_JOB = changed(
  "no Job labels the namespace, probes the webhook or deletes its configurations",
  TAKE_OUT,
);
const PULLED = changed("metrics are read from /metrics", TAKE_OUT);
const NO_CACHE = changed("pages of an audit stay in memory", TAKE_OUT);

/** Values of Gatekeeper's chart, and whole branches, that ours does not have; with `…` all that begin so. */
const ABSENT: readonly (readonly [name: string, remark: Remark])[] = [
  ["image.crdRepository", ONE_IMAGE],
  ["preInstall", ONE_IMAGE],
  ["postInstall", NO_JOB],
  ["postUpgrade", NO_JOB],
  ["preUninstall", NO_JOB],
  ["metricsBackends", PULLED],
  ["otlp…", PULLED],
  ["stackdriver…", PULLED],
  ["audit.writeToRAMDisk", NO_CACHE],
  ["audit.apiCacheDir", NO_CACHE],
  [
    "controllerManager.clientCertName",
    changed("Gatekeeper itself knows no such flag", "controllerManager.clientCNName is meant"),
  ],
];
