import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** The version of the package that a module (its `import.meta.url`) is in, built, bundled or not; `unknown` outside of any. */
export function packageVersion(moduleUrl: string): string {
  try {
    const { version } = JSON.parse(readFileSync(findPackageJSON("..", moduleUrl) ?? "", "utf8")) as {
      readonly version?: string;
    };
    return version ?? "unknown";
  } catch {
    return "unknown";
  }
}
