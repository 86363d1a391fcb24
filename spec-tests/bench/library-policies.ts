import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseManifests } from "@portcullis/engine/files";
import { getOwn, isObject, type PlainObject } from "@portcullis/interpreter";
import { libraryFolder } from "./library-folder.ts";

/** Templates and constraints of the library, as many as are asked for. */
export interface LibraryPolicies {
  readonly templates: readonly PlainObject[];
  readonly constraints: readonly PlainObject[];
}

/**
 * The first `templates` policies of the Gatekeeper library with `constraints` constraints, in turn. Where there are not as many
 * policies, they come again under other kinds; where there are more constraints than templates, under other names.
 * Undefined where the test data is absent.
 */
export function libraryPolicies(templates: number, constraints: number): LibraryPolicies | undefined {
  const folder = libraryFolder(templates);
  if (!folder) return undefined;
  const policies = Array.from({ length: folder.templates }, (_, index) => ({
    template: objectIn(join(folder.path, String(index), "template.yaml")),
    constraint: objectIn(join(folder.path, String(index), "constraint.yaml")),
  }));
  const all = Array.from({ length: templates }, (_, index) => {
    const { template, constraint } = policies[index % policies.length] as (typeof policies)[number];
    const round = Math.floor(index / policies.length);
    return round === 0 ? { template, constraint } : underAnotherKind(template, constraint, `Copy${round}`);
  });
  return {
    templates: all.map(({ template }) => template),
    constraints: Array.from({ length: constraints }, (_, index) => {
      const { constraint } = all[index % all.length] as (typeof all)[number];
      const round = Math.floor(index / all.length);
      return round === 0 ? constraint : named(constraint, `${nameOf(constraint)}-${round}`);
    }),
  };
}

function objectIn(path: string): PlainObject {
  const [manifest] = parseManifests(path, readFileSync(path, "utf8")).manifests;
  if (!manifest) throw new Error(`${path}: no object`);
  return manifest.object;
}

function underAnotherKind(template: PlainObject, constraint: PlainObject, suffix: string) {
  const kind = `${String(getOwn(constraint, "kind"))}${suffix}`;
  const spec = part(template, "spec");
  const crd = part(spec, "crd");
  const crdSpec = { ...part(crd, "spec"), names: { ...part(part(crd, "spec"), "names"), kind } };
  return {
    template: {
      ...named(template, kind.toLowerCase()),
      spec: { ...spec, crd: { ...crd, spec: crdSpec } },
    },
    constraint: { ...constraint, kind },
  };
}

function named(object: PlainObject, name: string): PlainObject {
  return { ...object, metadata: { ...part(object, "metadata"), name } };
}

function nameOf(object: PlainObject): string {
  return String(getOwn(part(object, "metadata"), "name"));
}

function part(object: PlainObject, key: string): PlainObject {
  const value = getOwn(object, key);
  return isObject(value) ? (value as PlainObject) : {};
}
