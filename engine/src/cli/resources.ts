import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { PlainObject } from "@portcullis/interpreter";
import { parseManifests } from "../files/parse-manifests.ts";

/** The inputs cannot be read; the message is gator's. */
export class ResourceError extends Error {
  override readonly name = "ResourceError";
}

const EXTENSIONS = [".yaml", ".yml", ".json"];

/**
 * Reads the Kubernetes objects of files, of folders with all below them, and of a text from standard input, in that order.
 * A file named outright must have one of gator's extensions; in folders other files are passed over.
 */
export async function readResources(
  paths: readonly string[],
  stdin: string,
): Promise<readonly PlainObject[]> {
  const objects: PlainObject[] = [];
  for (const path of paths) {
    for (const file of await filesOf(path)) {
      const text = await readFile(file, "utf8");
      objects.push(...parse(text, file, `reading from filenames: reading file ${JSON.stringify(file)}`));
    }
  }
  if (stdin.trim() !== "") objects.push(...parse(stdin, "-", "reading from stdin"));
  return objects;
}

async function filesOf(path: string): Promise<readonly string[]> {
  const info = await stat(path).catch(() => undefined);
  if (!info) {
    throw new ResourceError(
      `reading from filenames: stat on path ${JSON.stringify(path)}: stat ${path}: no such file or directory`,
    );
  }
  if (info.isDirectory()) return listFolder(path);
  if (!EXTENSIONS.includes(extname(path))) {
    throw new ResourceError(
      `reading from filenames: path ${JSON.stringify(path)} must be of extensions: [${EXTENSIONS.join(" ")}]`,
    );
  }
  return [path];
}

async function listFolder(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await listFolder(path)));
    else if (EXTENSIONS.includes(extname(entry.name))) files.push(path);
  }
  return files;
}

function parse(text: string, file: string, where: string): readonly PlainObject[] {
  const { manifests, problems } = parseManifests(file, text);
  const [problem] = problems;
  if (problem) {
    throw new ResourceError(
      `${where}: reading yaml source: error converting YAML to JSON: yaml: line ${problem.line}: ${problem.message}`,
    );
  }
  return manifests.map(({ object }) => object);
}
