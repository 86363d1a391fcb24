import { nearestName } from "../syntax/nearest-name.ts";
import { runCommand, type Command } from "./command.ts";
import { OutputClosed, type Terminal } from "./terminal.ts";

interface CommandRow {
  readonly does: string;
  /** Loads the command when it is called, so that starting one does not load the others. */
  readonly load: () => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, CommandRow>> = {
  eval: {
    does: "evaluate a query with policies, data and an input",
    load: async () => (await import("./eval.ts")).evalCommand,
  },
  test: { does: "run the tests of policies", load: async () => (await import("./test.ts")).testCommand },
  check: {
    does: "parse and compile policies, and report what is wrong",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  fmt: { does: "lay policies out", load: async () => (await import("./fmt.ts")).fmtCommand },
  parse: {
    does: "show the syntax tree of a policy",
    load: async () => (await import("./parse.ts")).parseCommand,
  },
  deps: {
    does: "list the documents that a query depends on",
    load: async () => (await import("./deps.ts")).depsCommand,
  },
  bench: { does: "measure a query", load: async () => (await import("./bench.ts")).benchCommand },
  capabilities: {
    does: "print the builtins, keywords and features that policies may use",
    load: async () => (await import("./capabilities.ts")).capabilitiesCommand,
  },
  version: {
    does: "print the version of this program",
    load: async () => (await import("./version.ts")).versionCommand,
  },
};

const HELP = `Rego on its own: evaluate, debug, test and format policies.

Usage:
  rego COMMAND [flags] [arguments]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { does }]) => `  ${name.padEnd(14)}${does}`)
  .join("\n")}

Examples:
  rego eval '1 + 1'
  rego eval -d policy.rego -i input.json 'data.example.allow'
  rego eval -d policies/ -i input.json --explain fails --format pretty 'data.example.allow'
  rego test -v policies/
  rego check --strict policies/
  rego fmt --diff policies/

rego COMMAND --help explains a command and its flags.
`;

/** Runs `rego` with its arguments; resolves to the exit code and never rejects. */
export async function runRego(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name = "", ...rest] = args;
  const row = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (row) return runCommand(await row.load(), name, rest, terminal);
  if (name === "help" && rest[0] !== undefined) return runRego([rest[0], "--help"], terminal);
  try {
    if (["", "help", "-h", "--help"].includes(name)) {
      terminal.out(HELP);
      return 0;
    }
    const meant = nearestName(name, Object.keys(COMMANDS));
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    terminal.err(`error: unknown command ${JSON.stringify(name)}${hint}\n(rego --help lists the commands)\n`);
    return 1;
  } catch (error) {
    if (error instanceof OutputClosed) return 0;
    throw error;
  }
}
