import { writeFile } from "node:fs/promises";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { objectMeta } from "../kubernetes/object-meta.ts";
import { failed } from "./output.ts";
import type { CommandOutput } from "./output.ts";
import { readResources, ResourceError } from "./resources.ts";
import { expandAll, TestError } from "./test/run-test.ts";
import { KUBERNETES, writeYaml } from "./yaml-writer.ts";

export interface ExpandOptions {
  readonly filenames: readonly string[];
  readonly stdin: string;
  /** `json` or `yaml`. */
  readonly format: string;
  /** Where to write instead of standard output; empty for none. */
  readonly outputFile: string;
}

/** `gator expand`: prints the objects that the given ones imply, by name downwards, parted by `---`. */
export async function expand(options: ExpandOptions): Promise<CommandOutput> {
  try {
    const objects = await readResources(options.filenames, options.stdin);
    if (objects.length === 0) return failed("no input data identified");
    const text = format(expandAll(objects), options.format);
    if (options.outputFile === "") return { exitCode: 0, stdout: text, stderr: "" };
    await writeFile(options.outputFile, text);
    return { exitCode: 0, stdout: "", stderr: "" };
  } catch (error) {
    if (error instanceof ResourceError) return failed(`reading: ${error.message}`);
    if (error instanceof TestError) return failed(`error expanding resources: ${error.message}`);
    throw error;
  }
}

function format(objects: readonly PlainObject[], form: string): string {
  const keyOf = (object: PlainObject): string => {
    const { name, apiVersion, kind } = objectMeta(object);
    return name + apiVersion + kind;
  };
  const sorted = [...objects].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  const write =
    form === "yaml"
      ? (object: PlainObject) => writeYaml(object, KUBERNETES)
      : (object: PlainObject) => `${writeJson(object, { indent: "    " })}\n`;
  return sorted.map(write).join("---\n");
}
