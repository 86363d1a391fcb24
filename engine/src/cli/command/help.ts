import { allFlags } from "./command.ts";
import type { Command } from "./command.ts";
import type { Flag, FlagTable } from "./flags.ts";

/** The help of a command, in the layout of cobra. `path` is how it is called: `gator sync test`. */
export function helpText(command: Command, path: string, everywhere: FlagTable): string {
  return `${command.long ?? command.short}\n\n${usageText(command, path, everywhere)}`;
}

/** Its usage alone, as it follows an error. */
export function usageText(command: Command, path: string, everywhere: FlagTable): string {
  const { commands = [], operands, examples } = command;
  const lines: string[] = [];
  const own =
    command.run === undefined
      ? []
      : [[path, operands, "[flags]"].filter((part) => part !== undefined).join(" ")];
  const uses = [...own, ...(commands.length > 0 ? [`${path} [command]`] : [])];
  lines.push("Usage:", ...uses.map((use) => `  ${use}`));
  if (examples !== undefined) lines.push("", "Examples:", examples);
  if (commands.length > 0) {
    const width = Math.max(...commands.map(({ name }) => name.length), 11);
    const rows = [...commands].sort((a, b) => (a.name < b.name ? -1 : 1));
    lines.push(
      "",
      "Available Commands:",
      ...rows.map(({ name, short }) => `  ${name.padEnd(width)} ${short}`),
    );
  }
  lines.push("", "Flags:", ...flagLines(allFlags(command, everywhere)));
  if (commands.length > 0)
    lines.push("", `Use "${path} [command] --help" for more information about a command.`);
  return `${lines.join("\n")}\n`;
}

function flagLines(flags: FlagTable): readonly string[] {
  const rows = Object.entries(flags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => [flagHead(name, flag), `${flag.usage}${defaultText(flag)}`] as const);
  const width = Math.max(...rows.map(([head]) => head.length)) + 3;
  return rows.map(([head, usage]) => head.padEnd(width) + usage);
}

function flagHead(name: string, { short, type }: Flag<unknown>): string {
  const start = short === undefined ? "      " : `  -${short}, `;
  return `${start}--${name}${type === undefined ? "" : ` ${type}`}`;
}

function defaultText({ initial, type }: Flag<unknown>): string {
  if (initial === false || initial === "" || initial === 0 || Array.isArray(initial)) return "";
  return type === "string" ? ` (default ${JSON.stringify(initial)})` : ` (default ${String(initial)})`;
}
