import type { Value } from "../value/value.ts";
import { BuiltinError, defineBuiltins } from "./builtin.ts";
import { stringOperand } from "./operands.ts";
import { ANY, BOOLEAN, NUMBER, STRING, named } from "../value/type.ts";
export const semverBuiltins = defineBuiltins([
  {
    name: "semver.compare",
    decl: {
      args: [named("a", STRING, "first version string"), named("b", STRING, "second version string")],
      result: named("result", NUMBER, "`-1` if `a < b`; `1` if `a > b`; `0` if `a == b`"),
    },
    description: "Compares valid SemVer formatted version strings.",
    categories: ["semver"],
    run: semverCompare,
  },
  {
    name: "semver.is_valid",
    decl: {
      args: [named("vsn", ANY, "input to validate")],
      result: named("result", BOOLEAN, "`true` if `vsn` is a valid SemVer; `false` otherwise"),
    },
    description: "Validates that the input is a valid SemVer string.",
    categories: ["semver"],
    run: semverIsValid,
  },
]);

interface Version {
  readonly numbers: readonly bigint[];
  readonly prerelease: readonly string[];
}

/** Semantic Versioning 2.0.0, with one `v` allowed in front. */
const VERSION =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*))?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/;

const MAX_INT64 = 2n ** 63n - 1n;

function semverCompare(args: readonly Value[]): Value {
  const a = stringOperand(args[0], 1);
  const b = stringOperand(args[1], 2);
  return compareVersions(versionOperand(a, 1), versionOperand(b, 2));
}

function semverIsValid(args: readonly Value[]): boolean {
  return typeof args[0] === "string" && parseVersion(args[0]) !== undefined;
}

function versionOperand(text: string, position: number): Version {
  const version = parseVersion(text);
  if (version) return version;
  throw new BuiltinError(`operand ${position}: string "${text}" is not a valid SemVer`);
}

function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (!match) return undefined;
  const numbers = match.slice(1, 4).map((part) => BigInt(part));
  if (numbers.some((number) => number > MAX_INT64)) return undefined;
  const prerelease = match[4] === undefined ? [] : match[4].split(".");
  return prerelease.some((part) => /^0\d+$/.test(part)) ? undefined : { numbers, prerelease };
}

/** Build metadata does not count; a version without prerelease is the newer one. */
function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) {
    const order = sign(a.numbers[i] as bigint, b.numbers[i] as bigint);
    if (order !== 0) return order;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return sign(b.prerelease.length, a.prerelease.length) === 0 ? 0 : a.prerelease.length === 0 ? 1 : -1;
  }
  const shorter = Math.min(a.prerelease.length, b.prerelease.length);
  for (let i = 0; i < shorter; i++) {
    const order = compareIdentifiers(a.prerelease[i] as string, b.prerelease[i] as string);
    if (order !== 0) return order;
  }
  return sign(a.prerelease.length, b.prerelease.length);
}

/** Numbers by value and before words; words by code. */
function compareIdentifiers(a: string, b: string): number {
  const isNumberA = /^\d+$/.test(a);
  const isNumberB = /^\d+$/.test(b);
  if (isNumberA && isNumberB) return sign(BigInt(a), BigInt(b));
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return sign(a, b);
}

function sign<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
