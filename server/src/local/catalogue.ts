import { isExpansionTemplate, isMutator, objectMeta } from "@portcullis/engine";
import type { FileProblem, Manifest, Manifests } from "@portcullis/engine/files";

import { metadataProblems } from "./metadata-check.ts";

/** The objects of a folder by the part they play, each under its identity. */
export interface Catalogue {
  readonly templates: ReadonlyMap<string, Manifest>;
  readonly constraints: ReadonlyMap<string, Manifest>;
  readonly configs: ReadonlyMap<string, Manifest>;
  readonly syncSets: ReadonlyMap<string, Manifest>;
  readonly mutators: ReadonlyMap<string, Manifest>;
  readonly expansionTemplates: ReadonlyMap<string, Manifest>;
  /** All other objects: what is audited, and what the inventory is chosen from. */
  readonly objects: ReadonlyMap<string, Manifest>;
  /** Objects whose identity another one had before, with that one's: audited as well, but no part of the inventory. */
  readonly repeated: ReadonlyMap<string, string>;
  readonly problems: readonly FileProblem[];
}

export const EMPTY_CATALOGUE: Catalogue = {
  templates: new Map(),
  constraints: new Map(),
  configs: new Map(),
  syncSets: new Map(),
  mutators: new Map(),
  expansionTemplates: new Map(),
  objects: new Map(),
  repeated: new Map(),
  problems: [],
};

type Role = Exclude<keyof Catalogue, "problems" | "repeated">;

const ROLES: readonly Role[] = [
  "templates",
  "constraints",
  "configs",
  "syncSets",
  "mutators",
  "expansionTemplates",
  "objects",
];

/**
 * Sorts what was read. Of two templates or constraints with one identity the first counts and the other is a problem; a
 * folder of examples may well hold several Pods of one name. What `previous` had
 * from a file or folder that cannot be read now is kept: a slip of the pen must not switch a policy off.
 */
export function catalogue(read: Manifests, previous: Catalogue): Catalogue {
  const problems = [...read.problems];
  const maps: Record<Role, Map<string, Manifest>> = {
    templates: new Map(),
    constraints: new Map(),
    configs: new Map(),
    syncSets: new Map(),
    mutators: new Map(),
    expansionTemplates: new Map(),
    objects: new Map(),
  };
  const repeated = new Map<string, string>();
  for (const manifest of read.manifests) {
    if (FILE_FORMATS.has(objectMeta(manifest.object).group)) continue;
    problems.push(...metadataProblems(manifest));
    const role = roleOf(manifest);
    const key = identityOf(manifest);
    const first = maps[role].get(key);
    const { file, line } = manifest.place;
    if (!first) maps[role].set(key, manifest);
    else if (role === "objects") {
      const own = `${key} (${file}:${line})`;
      maps.objects.set(own, manifest);
      repeated.set(own, key);
    } else {
      const known = `${first.place.file}:${first.place.line}`;
      problems.push(manifest.problem(manifest.place, `${key} is in ${known} already: this one is left out`));
    }
  }
  const isBroken = (file: string): boolean =>
    read.problems.some((problem) => problem.file === file || file.startsWith(`${problem.file}/`));
  for (const role of ROLES) {
    for (const [key, manifest] of previous[role]) {
      if (!maps[role].has(key) && isBroken(manifest.place.file)) maps[role].set(key, manifest);
    }
  }
  return { ...maps, repeated, problems };
}

/** Groups whose objects exist in files and requests alone, never in a cluster: test suites, reviews, build instructions. */
const FILE_FORMATS: ReadonlySet<string> = new Set([
  "test.gatekeeper.sh",
  "gvkmanifest.gatekeeper.sh",
  "admission.k8s.io",
  "kustomize.config.k8s.io",
]);

function roleOf({ object }: Manifest): Role {
  const { group, kind } = objectMeta(object);
  switch (group) {
    case "templates.gatekeeper.sh":
      return kind === "ConstraintTemplate" ? "templates" : "objects";
    case "constraints.gatekeeper.sh":
      return "constraints";
    case "config.gatekeeper.sh":
      return kind === "Config" ? "configs" : "objects";
    case "syncset.gatekeeper.sh":
      return kind === "SyncSet" ? "syncSets" : "objects";
    default:
      return isMutator(object) ? "mutators" : isExpansionTemplate(object) ? "expansionTemplates" : "objects";
  }
}

/** `Kind namespace/name`: what the API server would take for the same object. Versions do not count, groups do. */
function identityOf({ object, place }: Manifest): string {
  const { group, kind, namespace, name, generateName } = objectMeta(object);
  const path = `${namespace === "" ? "" : `${namespace}/`}${name === "" ? `${generateName}*` : name}`;
  const own = name === "" ? ` (${place.file}:${place.line})` : "";
  return `${kind}${group === "" || OWN.test(group) ? "" : `.${group}`} ${path}${own}`;
}

const OWN = /\.gatekeeper\.sh$/;
