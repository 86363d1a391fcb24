import { readFileSync } from "node:fs";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { Manifest } from "../../files/manifest.ts";
import { parseManifests } from "../../files/parse-manifests.ts";
import { CONSTRAINT_GROUP } from "../../templates/crd.ts";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import { decodeText } from "../decode-text.ts";
import { systemText } from "../system-text.ts";
import { Fault } from "./fault.ts";

/** The files that suites name, each read once. All methods throw {@link Fault} with gator's texts. */
export class SuiteFiles {
  readonly #read = new Map<string, readonly Manifest[]>();

  template(path: string): Manifest {
    const where = JSON.stringify(path);
    const manifest = this.#first(path, {
      absent: `reading ConstraintTemplate from ${where}`,
      broken: `adding template: parsing ConstraintTemplate YAML from ${where}`,
    });
    const { group, kind } = objectMeta(manifest.object);
    if (group === "templates.gatekeeper.sh" && kind === "ConstraintTemplate") return manifest;
    throw new Fault(`path ${where}: not a ConstraintTemplate`);
  }

  constraint(path: string): PlainObject {
    const where = JSON.stringify(path);
    const { object } = this.#first(path, {
      absent: `reading Constraint from ${where}`,
      broken: `adding constraint: parsing Constraint from ${where}`,
    });
    if (objectMeta(object).group === CONSTRAINT_GROUP) return object;
    throw new Fault("not a Constraint");
  }

  expansions(path: string): readonly PlainObject[] {
    const where = JSON.stringify(path);
    const objects = this.#all(path, `reading ExpansionTemplate from ${where}`);
    const fits = objects.every((object) => {
      const { group, kind } = objectMeta(object);
      return group === "expansion.gatekeeper.sh" && kind === "ExpansionTemplate";
    });
    if (objects.length === 0 || !fits) throw new Fault(`not an Expansion Template: ${where}`);
    return objects;
  }

  /** The one object that a case is about. */
  object(path: string): PlainObject {
    const objects = this.inventory(path);
    const [object] = objects;
    if (object && objects.length === 1) return object;
    const why = `${JSON.stringify(path)} defines ${objects.length} objects`;
    throw new Fault(`object file must contain exactly one object: ${why}`);
  }

  /** All objects of a file, at least one. */
  inventory(path: string): readonly PlainObject[] {
    const objects = this.#all(path);
    if (objects.length > 0) return objects;
    throw new Fault(`missing objects: path ${JSON.stringify(path)} defines no YAML objects`);
  }

  #all(path: string, absent?: string): readonly PlainObject[] {
    const broken = `reading ${JSON.stringify(path)}: invalid yaml`;
    const manifests = this.#manifests(path, { absent, broken });
    return manifests.map(({ object }) => withKind(object, broken));
  }

  /** gator reads templates and constraints from the first document of their file. */
  #first(path: string, where: Where): Manifest {
    const [manifest] = this.#manifests(path, where);
    if (!manifest) throw new Fault(`${where.broken}: no object in the file`);
    withKind(manifest.object, where.broken);
    return manifest;
  }

  #manifests(path: string, where: Where): readonly Manifest[] {
    try {
      const known = this.#read.get(path) ?? readManifests(path);
      this.#read.set(path, known);
      return known;
    } catch (error) {
      if (error instanceof BrokenFile) throw new Fault(`${where.broken}: ${error.message}`, { cause: error });
      const prefix = where.absent === undefined ? "" : `${where.absent}: `;
      throw new Fault(prefix + systemText(error), { cause: error });
    }
  }
}

/** What comes before the reason, where a file is absent and where it is no YAML. */
interface Where {
  readonly absent?: string | undefined;
  readonly broken: string;
}

class BrokenFile extends Error {
  override readonly name = "BrokenFile";
}

function readManifests(path: string): readonly Manifest[] {
  const text = decodeText(readFileSync(path));
  if (text === undefined) throw new BrokenFile("yaml: invalid UTF-8 or control characters are not allowed");
  const { manifests, problems } = parseManifests(path, text, { asGiven: true, wordsAreText: true });
  const [problem] = problems;
  if (problem) throw new BrokenFile(`yaml: line ${problem.line}: ${problem.message}`);
  return manifests;
}

function withKind(object: PlainObject, broken: string): PlainObject {
  if (objectMeta(object).kind !== "") return object;
  throw new Fault(`${broken}: Object 'Kind' is missing in '${writeJson(object)}'`);
}
