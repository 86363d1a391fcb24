import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * A file or folder of Gatekeeper's own release: of its module in Go's module cache, where `npm run testbed` has built it.
 * Undefined where there is no Go or no such module.
 */
export function gatekeeperRelease(...parts: readonly string[]): string | undefined {
  const folder = join(modCache(), "github.com/open-policy-agent/gatekeeper", `v3@${VERSION}`, ...parts);
  return existsSync(folder) ? folder : undefined;
}

const VERSION = "v3.23.1";

function modCache(): string {
  try {
    return execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
  } catch {
    return join(process.env["HOME"] ?? "/", "go/pkg/mod");
  }
}
