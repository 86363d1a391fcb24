// node image/rootfs.mjs [FOLDER]: makes the root file system of the image in a folder. The Dockerfile runs this very
// script, with the Node that the image gets; without Docker `npm run image:rootfs` does.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, COMMANDS } from "../bundle.mjs";
import { notices } from "./notices.mjs";

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE = "/usr/local/bin/node";
const HOME = "/opt/portcullis";

const rootfs = resolve(process.argv[2] ?? join(repository, "dist", "image"));
const started = Date.now();
refuseForeignFolder();
rmSync(rootfs, { recursive: true, force: true });
copyNode();
await makeCommands();
makeSystemFiles();
report();

/** An earlier result is replaced; a folder with anything else in it was named by mistake. */
function refuseForeignFolder() {
  if (!existsSync(rootfs) || readdirSync(rootfs).length === 0) return;
  if (existsSync(join(rootfs, "manager")) && existsSync(join(rootfs, HOME))) return;
  console.error(`${rootfs} exists and is no root file system of an earlier run`);
  process.exit(1);
}

/** Node, the libraries that it is linked with and the loader, each where it looks for them. */
function copyNode() {
  copy(process.execPath, NODE, 0o755);
  const { stdout, status, stderr } = spawnSync("ldd", [process.execPath], { encoding: "utf8" });
  if (status !== 0) throw new Error(`ldd ${process.execPath}: ${stderr}`);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path);
  for (const library of libraries) copy(realpathSync(library), library, 0o755);
  describePackages(libraries.map((library) => realpathSync(library)));
}

/** Which Debian packages the libraries are of, in the place where scanners of images look. */
function describePackages(files) {
  const { stdout } = spawnSync("dpkg-query", ["--search", ...files.flatMap(bothUsr)], { encoding: "utf8" });
  const names = new Set((stdout ?? "").split("\n").flatMap((line) => /^([^:\s]+)/.exec(line)?.[1] ?? []));
  for (const name of names) {
    const status = spawnSync("dpkg-query", ["--status", name], { encoding: "utf8" });
    if (status.status === 0) write(`/var/lib/dpkg/status.d/${name}`, status.stdout);
    const copyright = `/usr/share/doc/${name}/copyright`;
    if (existsSync(copyright)) copy(copyright, copyright, 0o644);
  }
}

/** `/lib` is a link to `/usr/lib`, and packages know their files under either name. */
function bothUsr(file) {
  return [file, file.startsWith("/usr/") ? file.slice("/usr".length) : `/usr${file}`];
}

/** The bundles, and for each a file that the kernel starts with Node: no shell is needed. */
async function makeCommands() {
  const { version } = JSON.parse(readFileSync(join(repository, "server/package.json"), "utf8"));
  // First of all, because commands read it and the build starts them.
  write(`${HOME}/package.json`, `${JSON.stringify({ name: "portcullis", version })}\n`);
  const packages = new Set();
  for (const command of COMMANDS) {
    const into = join(rootfs, HOME, "commands");
    for (const each of await bundle(command, { into, node: process.execPath })) packages.add(each);
    if (command.entry === undefined) program(`/usr/local/bin/${command.name}`, command.name);
  }
  // Gatekeeper's name, so that a Deployment of Gatekeeper's chart starts this image as it is.
  program("/manager", "portcullis");
  copy(join(repository, "interpreter/bin/run-bundle.js"), `${HOME}/run-bundle.js`, 0o644);
  copy(join(repository, "LICENSE"), "/usr/share/doc/portcullis/LICENSE", 0o644);
  write("/usr/share/doc/portcullis/THIRD-PARTY-NOTICES", notices(repository, [...packages]));
}

/** By relative paths, so that it also runs where the folder is not the root: `FOLDER/usr/local/bin/node FOLDER/manager`. */
function program(path, command) {
  const home = relative(dirname(path), HOME);
  const lines = [
    `#!${NODE}`,
    `const { join } = require("node:path");`,
    `const home = join(__dirname, "${home}");`,
    `require(join(home, "run-bundle.js")).runBundle(join(home, "commands/${command}.cjs"));`,
  ];
  write(path, `${lines.join("\n")}\n`, 0o755);
}

function makeSystemFiles() {
  write("/etc/passwd", "root:x:0:0:root:/:/nologin\nportcullis:x:1000:999:portcullis:/tmp:/nologin\n");
  write("/etc/group", "root:x:0:\nportcullis:x:999:\n");
  // Without it glibc asks DNS before /etc/hosts.
  write("/etc/nsswitch.conf", "hosts: files dns\n");
  if (existsSync("/etc/os-release")) copy("/etc/os-release", "/etc/os-release", 0o644);
  // Mount points exist, because a read-only root cannot get them later.
  for (const folder of ["/certs", "/proc", "/dev", "/sys"])
    mkdirSync(join(rootfs, folder), { recursive: true });
  mkdirSync(join(rootfs, "/tmp/audit"), { recursive: true });
  for (const folder of ["/tmp", "/tmp/audit"]) chmodSync(join(rootfs, folder), 0o1777);
}

function copy(from, path, mode) {
  mkdirSync(dirname(join(rootfs, path)), { recursive: true });
  copyFileSync(from, join(rootfs, path));
  chmodSync(join(rootfs, path), mode);
}

function write(path, text, mode = 0o644) {
  mkdirSync(dirname(join(rootfs, path)), { recursive: true });
  writeFileSync(join(rootfs, path), text);
  chmodSync(join(rootfs, path), mode);
}

function report() {
  const files = readdirSync(rootfs, { recursive: true })
    .map((path) => ({ path, stat: lstatSync(join(rootfs, path)) }))
    .filter(({ stat }) => stat.isFile());
  const megabytes = (list) => (list.reduce((sum, { stat }) => sum + stat.size, 0) / 1e6).toFixed(1);
  const own = files.filter(({ path }) => join("/", path).startsWith(HOME));
  console.log(rootfs);
  console.log(`${files.length} files, ${megabytes(files)} MB, of which ${megabytes(own)} MB are Portcullis`);
  console.log(`made in ${((Date.now() - started) / 1000).toFixed(1)} s with Node ${process.versions.node}`);
}
