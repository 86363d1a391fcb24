import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FileCache, readManifests } from "./read-folder.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "manifests-"))));
afterEach(() => rm(folder, { recursive: true }));

const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;

it("reads YAML and JSON in any nesting, in the order of the paths", async () => {
  await mkdir(join(folder, "b/c"), { recursive: true });
  await writeFile(join(folder, "b/c/one.yml"), pod("one"));
  await writeFile(join(folder, "a.yaml"), pod("two"));
  await writeFile(join(folder, "z.json"), '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"three"}}');
  await writeFile(join(folder, "README.md"), "# not read");
  await writeFile(join(folder, ".hidden.yaml"), "not: read");
  const { manifests, problems } = await readManifests(folder);
  expect(manifests.map((m) => (m.object.metadata as { name: string }).name)).toEqual(["two", "one", "three"]);
  expect(problems).toEqual([]);
});

it("survives links in a circle, dead links, binaries and files that are too large", async () => {
  await symlink(folder, join(folder, "again"));
  await symlink(join(folder, "nowhere"), join(folder, "dead.yaml"));
  await writeFile(join(folder, "binary.yaml"), Buffer.from([0, 1, 2]));
  await writeFile(join(folder, "latin1.yaml"), Buffer.from([0x61, 0xe4]));
  await writeFile(join(folder, "large.yaml"), "x".repeat(2000));
  await writeFile(join(folder, "pod.yaml"), pod("one"));
  const { manifests, problems } = await readManifests(folder, { maxFileBytes: 1000 });
  expect(manifests).toHaveLength(1);
  expect(problems.map((p) => p.message)).toEqual(
    [
      "a binary file, not YAML or JSON",
      "no such file or folder",
      "too large: 2000 bytes, the limit is 1000",
      "not valid UTF-8",
    ].sort((a, b) => problems.findIndex((p) => p.message === a) - problems.findIndex((p) => p.message === b)),
  );
});

it("reads one file given by name, and says when there is nothing", async () => {
  await writeFile(join(folder, "pod.yaml"), pod("one"));
  expect((await readManifests(join(folder, "pod.yaml"))).manifests).toHaveLength(1);
  expect((await readManifests(join(folder, "none"))).problems[0]?.message).toBe("no such file or folder");
});

it("does not parse an unchanged file again", async () => {
  await writeFile(join(folder, "pod.yaml"), pod("one"));
  const cache = new FileCache();
  const first = await readManifests(folder, { cache });
  const second = await readManifests(folder, { cache });
  expect(second.manifests[0]).toBe(first.manifests[0]);
  await writeFile(join(folder, "pod.yaml"), pod("another"));
  expect((await readManifests(folder, { cache })).manifests[0]).not.toBe(first.manifests[0]);
});
