import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { PlainObject } from "@portcullis/interpreter";
import type { Manifest } from "../files/manifest.ts";
import { parseManifests } from "../files/parse-manifests.ts";
import { objectMeta } from "../kubernetes/object-meta.ts";
import { CommandFailure } from "./command-output.ts";
import { decodeText, hasControls } from "./decode-text.ts";
import { readStdin } from "./gator-process.ts";
import type { GatorProcess } from "./gator-process.ts";
import { systemText } from "./system-text.ts";

/** The flags of a command that reads resources. */
export interface ResourceFlags {
  readonly filename: readonly string[];
  readonly image: readonly string[];
}

const NOT_TEXT =
  "reading yaml source: error converting YAML to JSON: yaml: invalid UTF-8 or control characters are not allowed";

const EXTENSIONS = [".yaml", ".yml", ".json"];

/** One place that objects came from: a file, or standard input. */
interface Source {
  /** As a warning names it: `file: "a.yaml"`, or `stdin`. */
  readonly name: string;
  readonly manifests: readonly Manifest[];
}

/**
 * Reads the Kubernetes objects of files, of folders with all below them, and from standard input, in that order. A file
 * named outright must have one of gator's extensions; in folders other files are passed over. What is given twice is told
 * on the error stream. Throws {@link CommandFailure}, also where there is nothing at all.
 */
export async function readResources(
  flags: ResourceFlags,
  process: GatorProcess,
): Promise<readonly PlainObject[]> {
  const sources: Source[] = [];
  for (const path of flags.filename) {
    for (const file of await filesOf(path)) sources.push(await readSource(file));
  }
  const [image] = flags.image;
  if (image !== undefined) {
    const advice = "OCI images are not supported: unpack it and name the folder with --filename";
    throw new CommandFailure(`reading: pulling image: pulling artifact ${JSON.stringify(image)}: ${advice}`);
  }
  const stdin = await readStdin(process);
  if (stdin.trim() !== "") {
    if (hasControls(stdin)) throw new CommandFailure(`reading: reading from stdin: reading: ${NOT_TEXT}`);
    sources.push({ name: "stdin", manifests: parse(stdin, "stdin", "reading from stdin: reading") });
  }
  for (const line of conflicts(sources)) process.stderr.write(`WARNING - ${line}\n`);
  const objects = sources.flatMap(({ manifests }) => manifests.map(({ object }) => object));
  if (objects.length === 0) throw new CommandFailure("no input data identified");
  return objects;
}

async function filesOf(path: string): Promise<readonly string[]> {
  const info = await stat(path).catch((error: unknown) => {
    throw fileFailure(`stat on path ${JSON.stringify(path)}: ${systemText(error)}`);
  });
  if (info.isDirectory()) return listFolder(path);
  if (EXTENSIONS.includes(extname(path))) return [path];
  throw fileFailure(`path ${JSON.stringify(path)} must be of extensions: [${EXTENSIONS.join(" ")}]`);
}

async function listFolder(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileFailure(
      `normalizing filenames: filename ${JSON.stringify(folder)}: walking: ${systemText(error)}`,
    );
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await listFolder(path)));
    else if (EXTENSIONS.includes(extname(entry.name))) files.push(path);
  }
  return files;
}

async function readSource(file: string): Promise<Source> {
  const quoted = JSON.stringify(file);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw fileFailure(`opening file ${quoted}: ${systemText(error)}`);
  });
  const text = decodeText(bytes);
  if (text === undefined) throw fileFailure(`reading file ${quoted}: ${NOT_TEXT}`);
  return {
    name: `file: ${quoted}`,
    manifests: parse(text, file, `reading from filenames: reading file ${quoted}`),
  };
}

function fileFailure(why: string): CommandFailure {
  return new CommandFailure(`reading: reading from filenames: ${why}`);
}

function parse(text: string, file: string, where: string): readonly Manifest[] {
  const { manifests, problems } = parseManifests(file, text, { asGiven: true, lastKeyWins: true });
  const [problem] = problems;
  if (!problem) return manifests;
  const why = `error converting YAML to JSON: yaml: line ${problem.line}: ${problem.message}`;
  throw new CommandFailure(`reading: ${where}: reading yaml source: ${why}`);
}

/** Objects of one kind, namespace and name that more than one place has, the later one named first. */
function conflicts(sources: readonly Source[]): readonly string[] {
  const before = new Map<string, Source>();
  const lines: string[] = [];
  for (const source of sources) {
    for (const { object } of source.manifests) {
      const { group, kind, namespace, name } = objectMeta(object);
      const key = JSON.stringify([group, kind, namespace, name]);
      const other = before.get(key);
      if (other) {
        lines.push(
          `Resource named ${JSON.stringify(name)} (from ${source.name}) is already defined in ${other.name}`,
        );
      }
      before.set(key, source);
    }
  }
  return lines;
}
