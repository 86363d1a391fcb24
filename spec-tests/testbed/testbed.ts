// `npm run testbed`: finds the programs of others that the tests run against, and builds those that are missing.
import { buildPart, goVersion } from "./build-part.ts";
import { cachedPath, cacheFolder, findPart, PARTS } from "./parts.ts";
import type { Part } from "./parts.ts";

const HELP = `usage: npm run testbed -- [--list] [part …]

Finds the programs that the cluster tests run against, or builds them with Go (a quarter of an hour for all, once),
into ${cacheFolder()}.
  --list   only says what is there
  part     ${PARTS.map(({ name }) => name).join(", ")}; all when none is named
KUBEBUILDER_ASSETS names a folder with binaries of your own; ${PARTS.flatMap(({ variable }) => variable ?? []).join(", ")}
name single ones.`;

const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith("-"));
const unknown = named.filter((name) => !PARTS.some((part) => part.name === name));
const flags = args.filter((arg) => arg.startsWith("-") && arg !== "--list");
if (flags.length > 0 || unknown.length > 0) {
  const asked = flags.every((flag) => flag === "--help" || flag === "-h") && unknown.length === 0;
  (asked ? console.log : console.error)(
    asked ? HELP : `unknown: ${[...flags, ...unknown].join(", ")}\n\n${HELP}`,
  );
  process.exit(asked ? 0 : 2);
}

const wanted = PARTS.filter(({ name }) => named.length === 0 || named.includes(name));
const missing = wanted.filter(({ name }) => findPart(name) === undefined);
const failures = args.includes("--list") ? [] : await buildAll(missing);
for (const part of wanted) console.log(`${part.name.padEnd(24)} ${whereIs(part)}`);
for (const failure of failures) console.error(`\n${failure}`);
const complete = wanted.every(({ name }) => findPart(name) !== undefined);
if (!args.includes("--list") && !complete) process.exitCode = 1;

/** One after the other: the linker of a large program takes 2 GiB. Answers what failed. */
async function buildAll(parts: readonly Part[]): Promise<readonly string[]> {
  if (parts.length === 0) return [];
  const go = await goVersion();
  if (go === undefined) {
    return [
      "Go is not installed, so nothing can be built: install Go 1.24 or newer, or set KUBEBUILDER_ASSETS.",
    ];
  }
  const failed: string[] = [];
  for (const [index, part] of parts.entries()) {
    const say = (text: string) => console.error(`[${index + 1}/${parts.length}] ${part.name}: ${text}`);
    say(`building ${part.build.version} with ${go}, about ${part.minutes} min the first time`);
    try {
      say(`built: ${await buildPart(part, say)}`);
    } catch (error) {
      say("failed");
      failed.push(`${part.name}: ${(error as Error).message}`);
    }
  }
  return failed;
}

function whereIs(part: Part): string {
  const where = findPart(part.name);
  if (where === undefined) return `${part.build.version} is missing`;
  if (where === cachedPath(part)) return `${part.build.version} ${where}`;
  return `${where} (${part.variable !== undefined && process.env[part.variable] === where ? part.variable : "KUBEBUILDER_ASSETS"})`;
}
