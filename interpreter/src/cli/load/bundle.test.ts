import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterFolder, leaveFolder, rego } from "../testing.ts";

interface Entry {
  readonly path: string;
  readonly text?: string;
  readonly type?: string;
  readonly size?: number;
}

/** A ustar archive. */
function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, text = "", type = "0", size }) => {
    const content = Buffer.from(text);
    const header = Buffer.alloc(512);
    header.write(path, 0, 100);
    header.write("0000644\0", 100);
    header.write(`${(size ?? content.length).toString(8).padStart(11, "0")}\0`, 124);
    header.write(type, 156);
    header.write("ustar\0", 257);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const POLICY = { path: "foo/x.rego", text: "package foo.x\n\np := data.foo.a\n" };
const DATA = { path: "foo/data.json", text: '{"a": 1}' };
const MANIFEST = { path: ".manifest", text: '{"roots": ["foo"]}' };
const LONG = `foo/${"deep/".repeat(30)}data.json`;

const FILES = {
  "good.tar.gz": gzipSync(tar([MANIFEST, POLICY, DATA])),
  "one.tar.gz": gzipSync(
    tar([
      { path: ".manifest", text: '{"roots": ["one"]}' },
      { path: "m.rego", text: "package one\n\np := 1\n" },
    ]),
  ),
  "two.tar.gz": gzipSync(
    tar([
      { path: ".manifest", text: '{"roots": ["two"]}' },
      { path: "m.rego", text: "package two\n\np := 1 / 0\n" },
    ]),
  ),
  "dotted.tgz": gzipSync(
    tar([
      { path: "./", type: "5" },
      ...[MANIFEST, POLICY, DATA].map((one) => ({ ...one, path: `./${one.path}` })),
    ]),
  ),
  "long.tar.gz": gzipSync(
    tar([
      { path: "././@LongLink", type: "L", text: `${LONG}\0` },
      { path: LONG.slice(0, 99), text: '{"b": 2}' },
    ]),
  ),
  "links.tar.gz": gzipSync(
    tar([
      { path: "data.json", type: "2" },
      { path: "foo/data.json", type: "1" },
    ]),
  ),
  "outside.tar.gz": gzipSync(tar([{ path: "../../etc/data.json", text: "{}" }])),
  "cut.tar.gz": gzipSync(tar([{ path: "data.json", text: "{}", size: 4_000 }]).subarray(0, 1024)),
  "huge.tar.gz": gzipSync(tar([{ path: "data.json", text: "{}", size: 8 ** 11 - 1 }])),
  "plain.tar.gz": "package foo\n",
  "noise.tar.gz": gzipSync(Buffer.alloc(2048, "x")),
  "roots.tar.gz": gzipSync(tar([{ path: ".manifest", text: '{"roots": ["bar"]}' }, POLICY])),
  "nested.tar.gz": gzipSync(tar([{ path: ".manifest", text: '{"roots": ["foo", "foo/x"]}' }])),
  "manifest.tar.gz": gzipSync(tar([{ path: ".manifest", text: '{"roots":' }])),
  "folder/.manifest": MANIFEST.text,
  "folder/foo/x.rego": POLICY.text,
  "folder/foo/data.yaml": "a: 1\n",
  "folder/foo/other.json": "not read",
  "beside/z/data.json": '{"q": 1}',
  "beside/.manifest": '{"roots": ["z"]}',
  "all/foo/data.json": '{"a": 2}',
};

let folder: string;
beforeAll(() => {
  folder = enterFolder(FILES);
});
afterAll(() => leaveFolder(folder));

describe("bundles", () => {
  const whole = '{"foo":{"a":1,"x":{"p":1}}}\n';
  it.each([
    [["-b", "good.tar.gz"], whole],
    [["-b", "dotted.tgz"], whole],
    [["-b", "folder"], whole],
    [["-d", "good.tar.gz"], whole],
    [["-b", "good.tar.gz", "-b", "good.tar.gz"], whole],
    [["-b", "folder", "-b", "beside"], '{"foo":{"a":1,"x":{"p":1}},"z":{"q":1}}\n'],
    [["-b", "links.tar.gz"], "{}\n"],
  ])("%j", async (flags, out) => {
    expect(await rego(["eval", "-f", "raw", ...flags, "data"])).toEqual({ code: 0, out, err: "" });
  });

  it("files of several archives may have one name, which errors tell as it stands in the archive", async () => {
    const both = ["-b", "one.tar.gz", "-b", "two.tar.gz"];
    expect((await rego(["eval", "-f", "raw", ...both, "data"])).out).toBe('{"one":{"p":1},"two":{}}\n');
    const { out } = await rego(["eval", ...both, "--strict-builtin-errors", "data.two.p"]);
    expect(JSON.parse(out).errors[0].location).toEqual({ file: "m.rego", row: 3, col: 6 });
  });

  it("long names are read", async () => {
    const path = LONG.split("/").slice(0, -1).join(".");
    expect((await rego(["eval", "-f", "raw", "-b", "long.tar.gz", `data.${path}.b`])).out).toBe("2\n");
  });

  it.each([
    ["outside.tar.gz", 'bundle outside.tar.gz: path leads out of the archive: "../../etc/data.json"'],
    ["cut.tar.gz", "bundle read failed: archive read failed: unexpected EOF"],
    ["huge.tar.gz", "bundle read failed: archive read failed: unexpected EOF"],
    ["plain.tar.gz", "bundle read failed: archive read failed: gzip: invalid header"],
    ["noise.tar.gz", "bundle read failed: archive read failed: archive/tar: invalid tar header"],
    [
      "roots.tar.gz",
      "manifest roots [bar] do not permit 'package foo.x' in module 'roots.tar.gz/foo/x.rego'",
    ],
    ["nested.tar.gz", "manifest has overlapped roots: 'foo' and 'foo/x'"],
    ["manifest.tar.gz", "bundle load failed on manifest decode"],
    ["absent.tar.gz", 'error reading "absent.tar.gz": stat absent.tar.gz: no such file or directory'],
  ])("%s is refused", async (path, message) => {
    const { code, out } = await rego(["eval", "-b", path, "data"]);
    expect(code).toBe(2);
    expect(JSON.parse(out).errors[0].message).toContain(message);
  });

  it("bundles whose roots overlap do not go together", async () => {
    const { out } = await rego(["eval", "-b", "folder", "-b", "all", "data"]);
    expect(JSON.parse(out).errors[0].message).toContain(
      "bundles [all, folder] have overlapping roots and cannot be activated simultaneously",
    );
  });
});
