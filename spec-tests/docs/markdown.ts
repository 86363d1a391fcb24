import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../test-data.ts";

/** A fenced block of a page. */
export interface Fence {
  readonly page: string;
  /** `sh`, `yaml`, …; empty where the page does not say. */
  readonly language: string;
  readonly text: string;
}

/** A page of the documentation: what users read. */
export interface Page {
  /** Relative to the repository: `docs/guides/installing.md`. */
  readonly path: string;
  readonly text: string;
  readonly fences: readonly Fence[];
  /** Inline code, fences left out. */
  readonly spans: readonly string[];
  /** Relative links: a file, maybe with an anchor. */
  readonly links: readonly string[];
}

/** The README and everything below `docs`. */
export function pages(): readonly Page[] {
  const docs = readdirSync(join(repositoryRoot, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path));
  return ["README.md", ...docs.toSorted()].map((path) => page(path));
}

export function page(path: string): Page {
  const text = readFileSync(join(repositoryRoot, path), "utf8");
  const fences = [...text.matchAll(FENCE)].map(([, language = "", content = ""]) => ({
    page: path,
    language,
    text: content,
  }));
  const prose = text.replace(FENCE, "");
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  const links = [...prose.replaceAll(/`[^`\n]+`/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
  return { path, text, fences, spans, links };
}

const FENCE = /^```(\w*)\n([^]*?)^```$/gm;

/** The commands of a shell block: one a line, continued lines joined, comments and what follows a pipe left out. */
export function commandsOf({ text }: Fence): readonly string[] {
  return text
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .flatMap((line) => line.replace(/(?:^|\s)#.*$/, "").split(/\s(?:&&|\|\|?|;)\s/))
    .map((command) => command.trim())
    .filter((command) => command !== "");
}
