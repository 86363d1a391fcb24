import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { builtins } from "./index.ts";

const data =
  process.env["PORTCULLIS_TEST_DATA"] ?? new URL("../../../../shared/data", import.meta.url).pathname;
const extras = `${data}/opa-conformance/extras`;

interface Declared {
  readonly name: string;
  readonly decl: { args?: unknown[]; result?: unknown; variadic?: unknown };
  readonly infix?: string;
  readonly nondeterministic?: boolean;
  readonly deprecated?: boolean;
  readonly relation?: boolean;
}

interface Documented {
  readonly description?: string;
  readonly args?: readonly { readonly name?: string; readonly description?: string }[];
  readonly result?: { readonly name?: string; readonly description?: string };
}

describe.skipIf(!existsSync(extras))("builtin rows say what OPA's capabilities and documentation say", () => {
  const declared = (read("capabilities.json") as { builtins: Declared[] }).builtins;
  const documented = read("builtin_metadata.json") as Record<string, Documented>;

  it.each(declared.filter((row) => builtins.has(row.name)).map((row) => [row.name, row] as const))(
    "%s",
    (name, row) => {
      const ours = builtins.get(name);
      expect(withoutNames(ours?.decl)).toEqual({ args: [], ...row.decl, type: undefined });
      expect(ours?.infix).toBe(row.infix);
      expect(ours?.nondeterministic ?? false).toBe(row.nondeterministic ?? false);
      expect(ours?.deprecated ?? false).toBe(row.deprecated ?? false);
      expect(ours?.relation ?? false).toBe(row.relation ?? false);
      const docs = documented[name];
      expect(ours?.description).toBe(docs?.description ?? "");
      expect(ours?.decl.args.map(nameAndDescription)).toEqual(
        ours?.decl.args.map((_, i) => nameAndDescription(docs?.args?.[i])),
      );
      expect(nameAndDescription(ours?.decl.result)).toEqual(nameAndDescription(docs?.result));
    },
  );
});

function read(file: string): unknown {
  return JSON.parse(readFileSync(`${extras}/${file}`, "utf8"));
}

function nameAndDescription(
  type: { readonly name?: string; readonly description?: string } | undefined,
): object {
  return { name: type?.name, description: type?.description };
}

/** Names and descriptions stand on the top level of a declaration only. */
function withoutNames(decl: unknown): unknown {
  return JSON.parse(
    JSON.stringify(decl, (key, value: unknown) =>
      key === "name" || key === "description" ? undefined : value,
    ),
  );
}
