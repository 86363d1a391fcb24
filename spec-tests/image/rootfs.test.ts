import { spawnSync } from "node:child_process";
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { servingCertificate } from "@portcullis/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../test-data.ts";
import { makeImage } from "../testbed/image.ts";
import type { Image } from "../testbed/image.ts";
import { statusOf } from "../testbed/manager.ts";
import { freePorts, untilReady } from "../testbed/processes.ts";
import type { TestProcess } from "../testbed/processes.ts";

// `npm run image:rootfs` makes what the Dockerfile makes, by the same script; here the result is looked at and started.

/** What `portcullis serve` wants in its certificate, or it makes another one. */
const HOSTS = ["localhost", "127.0.0.1", "::1", "gatekeeper-webhook-service.gatekeeper-system.svc"];

let image: Image;

beforeAll(() => {
  image = makeImage();
  console.log(image.report.trim());
  if (!image.isolated)
    console.log(
      "SKIPPED: no mount namespaces here (Linux and root), so the image starts where it could see more",
    );
}, 120_000);
afterAll(() => image?.remove());

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    lstatSync(join(folder, path)).isFile(),
  );

describe("the image's root file system", () => {
  it("holds the commands, Node and its libraries, and not a single module, shell or tool besides", () => {
    const expected = [
      /^manager$/,
      /^usr\/local\/bin\/(?:node|portcullis|gator|rego)$/,
      /^opt\/portcullis\/(?:package\.json|run-bundle\.js)$/,
      /^opt\/portcullis\/commands\/(?:portcullis|gator|rego)\.cjs(?:\.code)?$/,
      /^opt\/portcullis\/commands\/evaluator-thread\.cjs$/,
      /^(?:usr\/)?lib(?:64)?\/.*\.so(?:\.\d+)*$/,
      /^etc\/(?:passwd|group|nsswitch\.conf|os-release)$/,
      /^usr\/share\/doc\/[^/]+\/(?:copyright|LICENSE|THIRD-PARTY-NOTICES)$/,
      /^var\/lib\/dpkg\/status\.d\/[^/]+$/,
    ];
    const files = filesOf(image.rootfs);
    expect(files.filter((file) => !expected.some((pattern) => pattern.test(file)))).toEqual([]);
    const programs = files.filter((file) => /^(?:manager$|usr\/local\/bin\/)/.test(file));
    expect(programs.toSorted()).toEqual([
      "manager",
      ...["gator", "node", "portcullis", "rego"].map((name) => `usr/local/bin/${name}`),
    ]);
  });

  it("names the licence of all that is in it", () => {
    const notices = readFileSync(join(image.rootfs, "usr/share/doc/portcullis/THIRD-PARTY-NOTICES"), "utf8");
    for (const name of ["fastify", "chevrotain", "re2js", "undici", "Node.js"])
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.`, "m"));
    for (const name of ["vitest", "esbuild", "typescript"]) expect(notices).not.toContain(`\n${name} `);
  });

  it("is written over only where it is one", () => {
    const script = join(repositoryRoot, "image/rootfs.mjs");
    const folder = mkdtempSync(join(tmpdir(), "portcullis-not-an-image-"));
    writeFileSync(join(folder, "mine"), "");
    const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `${folder} exists and is no root file system of an earlier run\n`,
    });
    expect(readdirSync(folder)).toEqual(["mine"]);
    rmSync(folder, { recursive: true });
  });
});

describe("programs in the image", { timeout: 60_000 }, () => {
  it.each([
    [["/manager", "--version"], /^\d+\.\d+\.\d+\n$/],
    [["/manager", "--operation=webhook", "--help"], /^Usage of portcullis:\n[^]*-validating-webhook-conf/],
    [["/usr/local/bin/portcullis", "--help"], /^Usage: portcullis /],
    [["/usr/local/bin/gator", "version"], /^GitVersion: +v\d+\.\d+\.\d+\n/],
    [["/usr/local/bin/rego", "eval", "--format=raw", "1 + 1"], /^2\n$/],
  ])("%s", async (program, output) => {
    const run = image.start("program", program);
    await untilEnded(run);
    expect(run.output()).toMatch(output);
    expect(run.ended).toBe("exit code 0");
  });

  it.each(["portcullis", "gator", "rego"])(
    "%s starts with the code that the build kept of it",
    async (name) => {
      const home = image.isolated ? "" : image.rootfs;
      const look = `const { loadBundle } = require("${home}/opt/portcullis/run-bundle.js");
      console.log(loadBundle("${home}/opt/portcullis/commands/${name}.cjs").script.cachedDataRejected)`;
      const node = image.isolated ? ["/usr/local/bin/node"] : [];
      const run = image.start("node", [...node, "-e", look]);
      await untilEnded(run);
      expect(run.output()).toBe("false\n");
    },
  );

  it("serves without anything but its files: the health endpoint answers", async () => {
    const [health = 0] = await freePorts(1);
    const policies = mkdtempSync(join(tmpdir(), "portcullis-policies-"));
    cpSync(join(repositoryRoot, "examples/templates"), policies, { recursive: true });
    await servingCertificate(policies, { hosts: HOSTS, now: new Date() });
    const seen = image.isolated ? "/certs" : policies;
    const flags = [`--local=${seen}`, `--cert-dir=${seen}`, `--health-addr=127.0.0.1:${health}`, "--port=0"];
    const server = image.start("portcullis", [...image.entrypoint, "serve", ...flags], { certs: policies });
    try {
      await untilReady(server, async () => (await statusOf(health, "/readyz")) === 200, 30_000);
      expect(await statusOf(health, "/healthz")).toBe(200);
      if (image.isolated) expect(userOf(server)).toEqual({ uid: 1000, gid: 999 });
    } finally {
      await server.stop(5000);
      rmSync(policies, { recursive: true });
    }
  });
});

async function untilEnded(run: TestProcess): Promise<void> {
  while (run.ended === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
}

function userOf({ pid }: TestProcess): { readonly uid: number; readonly gid: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const idOf = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return { uid: idOf("Uid"), gid: idOf("Gid") };
}
