import { writeFile } from "node:fs/promises";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import { CommandFailure } from "../command-output.ts";
import type { GatorProcess } from "../gator-process.ts";
import { readResources } from "../resources.ts";
import type { ResourceFlags } from "../resources.ts";
import { expandAll, TestError } from "../test/run-test.ts";
import { systemText } from "../system-text.ts";
import { KUBERNETES, writeYaml } from "../yaml-writer.ts";

export interface ExpandFlags extends ResourceFlags {
  /** `json` or `yaml`. */
  readonly format: string;
  /** Where to write instead of standard output; empty for none. */
  readonly outputFile: string;
}

/** `gator expand`: prints the objects that the given ones imply, by name downwards, parted by `---`. */
export async function expand(flags: ExpandFlags, process: GatorProcess): Promise<number> {
  const objects = await readResources(flags, process);
  const text = format(expanded(objects), flags.format);
  if (flags.outputFile === "") {
    process.stdout.write(`${text}\n`);
    return 0;
  }
  process.stdout.write(`Writing output to file: ${flags.outputFile}\n`);
  await write(flags.outputFile, text);
  return 0;
}

function expanded(objects: readonly PlainObject[]): readonly PlainObject[] {
  try {
    return expandAll(objects);
  } catch (error) {
    if (error instanceof TestError)
      throw new CommandFailure(`error expanding resources: ${error.message}`, { cause: error });
    throw error;
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new CommandFailure(`error creating file at path ${path}: ${systemText(error)}`, { cause: error });
  }
}

function format(objects: readonly PlainObject[], form: string): string {
  const keyOf = (object: PlainObject): string => {
    const { name, apiVersion, kind } = objectMeta(object);
    return name + apiVersion + kind;
  };
  const sorted = [...objects].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  const write = FORMATS.get(form);
  if (!write) throw new CommandFailure(`unrecognized value for format flag: ${form}`);
  return sorted.map(write).join(form === "json" ? "\n---\n" : "---\n");
}

const YAML = (object: PlainObject): string => writeYaml(object, KUBERNETES);

/** gator writes YAML where no format is named. */
const FORMATS: ReadonlyMap<string, (object: PlainObject) => string> = new Map([
  ["", YAML],
  ["yaml", YAML],
  ["json", (object) => writeJson(object, { indent: "    " })],
]);
