import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createClient, denyLine, reviewOfObject, textAt } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { valuesSchema } from "../chart/chart.ts";
import { documentedValues } from "../chart/schema-paths.ts";
import { repositoryRoot } from "../test-data.ts";
import { commandsOf, page, pages } from "./markdown.ts";
import type { Fence } from "./markdown.ts";

// What the documentation tells people to type exists: scripts, commands, flags, values, files.

const all = pages();
const guides = all.filter(({ path }) => path.startsWith("docs/guides/"));
const fences = (language: string): readonly Fence[] =>
  all.flatMap((each) => each.fences.filter((fence) => fence.language === language));
const typed = fences("sh").flatMap((fence) => commandsOf(fence).map((command) => ({ ...fence, command })));

const chartValues = documentedValues(valuesSchema()).map(({ path }) => path.join("."));
/** A value, something inside of one that is handed on as a whole, or a branch. */
const isValue = (path: string): boolean =>
  chartValues.some((value) => path === value || path.startsWith(`${value}.`) || value.startsWith(`${path}.`));

describe("links", () => {
  it.each(all.map(({ path, links }) => [path, links] as const))("of %s lead somewhere", (path, links) => {
    const missing = links
      .map((link) => link.replace(/#.*$/, ""))
      .filter((link) => link !== "" && !existsSync(join(repositoryRoot, dirname(path), link)));
    expect(missing).toEqual([]);
  });

  it("of docs/README.md lead to every guide and reference", () => {
    const index = page("docs/README.md").links;
    const listed = all.map(({ path }) => path).filter((path) => /^docs\/(?:guides|reference)\//.test(path));
    expect(listed.filter((path) => !index.includes(path.replace("docs/", "")))).toEqual([]);
  });
});

describe("commands", () => {
  const scripts = Object.keys(
    (JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8")) as { scripts: object }).scripts,
  );

  it("of npm are scripts", () => {
    const named = typed.flatMap(({ command }) => /^npm run ([\w:-]+)/.exec(command)?.[1] ?? []);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  const own = typed.filter(({ command }) => /^(?:portcullis|gator|rego) [a-z]/.test(command));
  const subcommands = [...new Set(own.map(({ command }) => words(command).join(" ")))];

  it.each(subcommands)("`%s` exists and has the flags that it is given", (subcommand) => {
    const help = helpOf(subcommand);
    const flags = own
      .filter(({ command }) => words(command).join(" ") === subcommand)
      .flatMap(({ command }) => command.match(/(?<=\s)--?[a-z][\w-]*/g) ?? []);
    expect(help).toMatch(/usage/i);
    expect(flags.filter((flag) => !new RegExp(`(?<![\\w-])${flag}(?![\\w-])`).test(help))).toEqual([]);
  });

  it("of helm set values that exist", () => {
    const set = typed.flatMap(({ command }) => [...command.matchAll(/--set(?:-string)?[ =]([\w.]+)=/g)]);
    expect(set.length).toBeGreaterThan(0);
    expect(set.map(([, path = ""]) => path).filter((path) => !isValue(path))).toEqual([]);
  });

  it("of helm name charts and releases that exist", () => {
    const named = typed.flatMap(
      ({ command }) => /^helm (?:install|upgrade)\b.*? (charts\/\S+)/.exec(command)?.[1] ?? [],
    );
    expect(named.filter((path) => !existsSync(join(repositoryRoot, path, "Chart.yaml")))).toEqual([]);
    const releases = typed.flatMap(
      ({ command }) =>
        /^helm (?:install|upgrade|rollback|uninstall)(?: --\S+)* ([a-z]\S*)/.exec(command)?.[1] ?? [],
    );
    expect([...new Set(releases)]).toEqual(["gatekeeper"]);
  });
});

describe("YAML", () => {
  it.each(
    fences("yaml").map((fence) => [`${fence.page}: ${fence.text.split("\n")[0] ?? ""}`, fence] as const),
  )("is well formed in %s", (_, { text }) => {
    expect(parseAllDocuments(text).flatMap(({ errors }) => errors.map(({ message }) => message))).toEqual([]);
  });

  it("of values names values that exist", () => {
    const examples = fences("yaml").filter(({ text }) => text.startsWith("# values.yaml"));
    expect(examples.length).toBeGreaterThan(0);
    const paths = examples.flatMap(({ text }) => leaves(parse(text) as object, []));
    expect(paths.filter((path) => !isValue(path))).toEqual([]);
  });

  it("of the health check for Argo CD is read as two nested documents, and asks for our condition", () => {
    const config = fences("yaml").find(({ text }) => text.includes("argocd-cm"));
    const { data } = parse(config?.text ?? "") as { data: Record<string, string> };
    const kinds = parse(data["resource.customizations"] ?? "") as Record<string, Record<string, string>>;
    const checks = Object.values(kinds).map((each) => each["health.lua"]);
    expect(new Set(checks).size).toBe(1);
    expect(checks[0]).toContain('condition.type == "Ready"');
    expect(Object.keys(kinds)).toContain("constraints.gatekeeper.sh/*");
  });
});

describe("values and flags named in guides", () => {
  it("are values of the chart, where they look like one", () => {
    const leafs = new Set(chartValues.flatMap((value) => value.split(".")));
    const named = guides.flatMap(({ path, spans }) =>
      spans
        .map((span) => span.replace(/[:=] ?.*$/, ""))
        .filter((span) => /^[a-z]+(?:\.?[A-Za-z]+)*$/.test(span) && /[a-z][A-Z]/.test(span))
        .map((span) => ({ path, span })),
    );
    expect(named.length).toBeGreaterThan(10);
    const unknown = named.filter(({ span }) => !isValue(span) && !leafs.has(span) && !NOT_VALUES.has(span));
    expect(unknown).toEqual([]);
  });

  it("are flags of ours, where they look like one", () => {
    const help = [
      "portcullis serve",
      "portcullis migrate check",
      "portcullis --operation=webhook",
      "rego eval",
    ]
      .map(helpOf)
      .join("\n");
    const named = guides.flatMap(({ path, spans }) =>
      spans.flatMap((span) => (/^--[a-z][\w-]*/.exec(span) ?? []).map((flag) => ({ path, flag }))),
    );
    const unknown = named.filter(
      ({ flag }) => !new RegExp(`-?${flag.slice(1)}(?![\\w-])`).test(help) && !FLAGS_OF_OTHERS.has(flag),
    );
    expect(unknown).toEqual([]);
  });
});

describe("metrics named in guides", () => {
  it("are exposed", () => {
    const sources = ["server/src/observability", "audit/src"].map(textOf).join("\n");
    const named = guides.flatMap(({ spans }) => spans.flatMap((span) => /^gatekeeper_\w+/.exec(span) ?? []));
    expect(named.length).toBeGreaterThan(0);
    // Some names are put together: gatekeeper_ and the rest.
    const isExposed = (name: string): boolean =>
      sources.includes(name) || sources.includes(name.replace("gatekeeper_", ""));
    expect(named.filter((name) => !isExposed(name))).toEqual([]);
  });
});

describe("the policy for Istio", () => {
  it("denies in the words that the guide shows", () => {
    const { fences: blocks } = page("docs/guides/eks-and-istio.md");
    const [template, constraint, denied] = ["template", "constraint", "denied"].map((role) => {
      const block = blocks.find(({ text }) => text.startsWith(`# policy: ${role}`));
      return parse(block?.text ?? "") as PlainObject;
    }) as [PlainObject, PlainObject, PlainObject];
    const shown = blocks.find(({ language }) => language === "text")?.text.trim() ?? "";
    const client = createClient();
    expect(client.addTemplate(template)).toMatchObject({ ok: true });
    expect(client.addConstraint(constraint)).toMatchObject({ ok: true });
    const linesOf = (object: PlainObject): readonly string[] =>
      client
        .review(reviewOfObject(object), { enforcementPoint: "validation.gatekeeper.sh" })
        .results.map(denyLine);
    const lines = linesOf(denied);
    expect(lines).toHaveLength(1);
    expect(shown.endsWith(`denied the request: ${lines[0] as string}`)).toBe(true);
    const strict = { ...denied, spec: { mtls: { mode: "STRICT" } } };
    expect(linesOf(strict)).toEqual([]);
    expect(textAt(constraint, "kind")).toBe("IstioStrictMtls");
  });
});

/** Words of Kubernetes and of policies that look like values. */
const NOT_VALUES: ReadonlySet<string> = new Set([
  "namespaceSelector",
  "namespaceObject",
  "enforcementAction",
  "spec.enforcementAction",
  "failurePolicy",
  "runId",
]);

/** Of helm, kubectl and Gatekeeper. */
const FLAGS_OF_OTHERS: ReadonlySet<string> = new Set(["--wait", "--build-arg", "--cascade"]);

/** The command and its subcommands, without arguments: `portcullis migrate check`. */
function words(command: string): readonly string[] {
  const [program = "", ...rest] = command.split(/\s+/);
  const known = ["migrate", "crds", "sync"];
  const depth = known.includes(rest[0] ?? "") && /^[a-z]+$/.test(rest[1] ?? "") ? 2 : 1;
  return [program, ...rest.slice(0, depth).filter((word) => /^[a-z]+$/.test(word))];
}

const HOMES: Readonly<Record<string, string>> = {
  portcullis: "server",
  gator: "engine",
  rego: "interpreter",
};

/** All TypeScript below a folder. */
function textOf(folder: string): string {
  const root = join(repositoryRoot, folder);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");
}

const helps = new Map<string, string>();

function helpOf(command: string): string {
  const known = helps.get(command);
  if (known !== undefined) return known;
  const [program = "", ...args] = command.split(" ");
  const main = join(repositoryRoot, HOMES[program] as string, "src/cli/main.ts");
  const node = ["--conditions=@portcullis/source", "--no-warnings", main, ...args, "--help"];
  const { stdout, stderr } = spawnSync(process.execPath, node, { encoding: "utf8" });
  helps.set(command, `${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

function leaves(value: object, path: readonly string[]): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = [...path, name];
    const isBranch = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    return isBranch && !isValueExactly(at.join(".")) ? leaves(inner as object, at) : [at.join(".")];
  });
}

function isValueExactly(path: string): boolean {
  return chartValues.includes(path);
}
