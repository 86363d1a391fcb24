import { defaultCapabilities } from "../builtins/capabilities.ts";
import { builtins } from "../builtins/index.ts";
import { compile } from "../compiler/compile.ts";
import { compileQuery } from "../compiler/query.ts";
import type { RegoError } from "../errors.ts";
import { parseQuery } from "../syntax/parse.ts";
import { printValue } from "../value/print.ts";
import type { Value } from "../value/value.ts";
import { defineCommand } from "./command.ts";
import { dependenciesOf, type Dependencies, type DocumentPath } from "./deps/dependencies.ts";
import { loadingText, problemText } from "./errors.ts";
import { oneOf, UsageError } from "./flags.ts";
import { fields, indented, type Report } from "./json.ts";
import { LOAD_FLAGS, loadByFlags, VERSION_FLAGS, versionOf, type LoadedFiles } from "./load/load.ts";
import { FileError } from "./load/paths.ts";
import { parseAll } from "./parse-all.ts";
import { table } from "./table.ts";

/** `rego deps`: the documents a query reads. Exits with 1 on errors. */
export const depsCommand = defineCommand({
  usage: "rego deps [flags] QUERY",
  about:
    "List what a query depends on: base documents (data and input) and virtual documents (rules).\n" +
    "Paths end where they become dynamic.",
  examples: [
    "rego deps -d policies/ 'data.example.allow'",
    "rego deps -d policies/ --format json 'data.example.allow' | jq -c '.base[]'",
  ],
  flags: {
    ...LOAD_FLAGS,
    format: oneOf(["pretty", "json"], "pretty", "how the list is shown", "f"),
    ...VERSION_FLAGS,
  },
  run(args, flags, terminal) {
    const [query] = args;
    if (query === undefined || args.length > 1) throw new UsageError("specify exactly one query argument");
    const fail = (text: string): number => {
      terminal.err(`${text}\n`);
      return 1;
    };
    let loaded: LoadedFiles;
    try {
      loaded = loadByFlags(flags, versionOf(flags));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return fail(loadingText([{ message: error.message }]));
    }
    const parsed = parseAll(loaded.modules, { annotations: false });
    if (!parsed.ok) return fail(loadingText(parsed.errors));
    const found = dependencies(query, versionOf(flags), parsed.modules);
    if (!found.ok) return fail(problemText(found.errors));
    terminal.out(flags.format === "json" ? `${indented(json(found))}\n` : pretty(found));
    return 0;
  },
});

type Found =
  ({ readonly ok: true } & Dependencies) | { readonly ok: false; readonly errors: readonly RegoError[] };

function dependencies(
  text: string,
  version: ReturnType<typeof versionOf>,
  modules: Extract<ReturnType<typeof parseAll>, { ok: true }>["modules"],
): Found {
  const capabilities = defaultCapabilities(builtins);
  const compiled = compile(new Map(modules.map(({ name, module }) => [name, module])), { capabilities });
  if (!compiled.ok) return compiled;
  const query = parseQuery(text, version);
  if (!query.ok) return query;
  const result = compileQuery(query.body, compiled.compiled, { capabilities });
  return result.ok ? { ok: true, ...dependenciesOf(result.query.body, compiled.compiled) } : result;
}

function json({ base, virtual }: Dependencies): Report {
  const list = (paths: readonly DocumentPath[]): Report | undefined =>
    paths.length === 0 ? undefined : paths.map((path) => path.map(partJson));
  return fields({ base: list(base), virtual: list(virtual) });
}

function partJson(part: Value, i: number): Report {
  if (i === 0) return fields({ type: "var", value: part });
  const type = part === null ? "null" : typeof part === "object" ? "number" : typeof part;
  return fields({ type, value: part });
}

function pretty({ base, virtual }: Dependencies): string {
  const columns = [
    { header: "BASE DOCUMENTS", paths: base },
    { header: "VIRTUAL DOCUMENTS", paths: virtual },
  ].filter(({ paths }) => paths.length > 0);
  if (columns.length === 0) return "";
  const height = Math.max(base.length, virtual.length);
  const rows = Array.from({ length: height }, (_, row) =>
    columns.map(({ paths }) => (paths[row] ? pathText(paths[row]) : "")),
  );
  return `${table(
    columns.map(({ header }) => header),
    rows,
  )}\n`;
}

function pathText([root, ...keys]: DocumentPath): string {
  const text = keys.map((key) =>
    typeof key === "string" && /^[a-zA-Z_]\w*$/.test(key) ? `.${key}` : `[${printValue(key)}]`,
  );
  return root + text.join("");
}
