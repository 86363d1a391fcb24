import { isPrefix, printPath, type Path } from "./path.ts";

export type PathCondition = "MustExist" | "MustNotExist";

/** A condition on the value at each depth of a location: `tests[i]` concerns the first `i` nodes. */
export type PathTests = ReadonlyMap<number, PathCondition>;

export interface PathTest {
  readonly subPath: Path;
  readonly condition: PathCondition;
}

/** Path tests that cannot hold; the message is Gatekeeper's. */
export class PathTestError extends Error {
  override readonly name = "PathTestError";
}

/**
 * Puts path tests in order of depth. Throws {@link PathTestError} where a sub-path does not begin the location, or where two
 * tests contradict each other: as Gatekeeper, a MustExist listed after a MustNotExist of a shorter path does.
 */
export function pathTestsOf(location: Path, tests: readonly PathTest[]): PathTests {
  const byDepth = new Map<number, PathCondition>();
  let forbidden: Path | undefined;
  for (const { subPath, condition } of tests) {
    if (!isPrefix(subPath, location)) {
      throw new PathTestError(
        "all subpaths must be a prefix of the `location` value of the mutation: " +
          `subpath ${JSON.stringify(printPath(subPath))} is not a prefix of location ${JSON.stringify(printPath(location))}`,
      );
    }
    const other = byDepth.get(subPath.length);
    if (other !== undefined && other !== condition) {
      const name = JSON.stringify(printPath(subPath));
      throw new PathTestError(
        `conflicting path test conditions: path ${name} is marked both MustExist and MustNotExist`,
      );
    }
    if (condition === "MustExist" && forbidden !== undefined && other === undefined) {
      throw new PathTestError(
        `conflicting path test conditions: path ${JSON.stringify(printPath(subPath))} is marked MustExist ` +
          `but parent ${JSON.stringify(printPath(forbidden))} MustNotExist`,
      );
    }
    if (condition === "MustNotExist") forbidden = subPath;
    byDepth.set(subPath.length, condition);
  }
  return byDepth;
}
