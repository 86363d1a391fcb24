import type { Argument } from "./ast.ts";
import { byName, typeText } from "./ast.ts";
import { suggestion } from "./suggestions.ts";
import type { Report } from "./rule.ts";
import type { Rule } from "./rule.ts";

/** Rules about arguments and directives. */
export const directiveRules = {
  KnownArgumentNames: (walker, report) => ({
    field({ name, arguments: args, definition, objectDefinition, position }) {
      if (!definition || !objectDefinition) return;
      for (const argument of args) {
        if (byName(definition.arguments, argument.name)) continue;
        const known = definition.arguments.map((item) => item.name);
        const hint = suggestion("Did you mean", argument.name, known, walker.context);
        report(
          `Unknown argument "${argument.name}" on field "${objectDefinition.name}.${name}".${hint}`,
          position,
        );
      }
    },
    directive({ name, arguments: args, definition, position }) {
      if (!definition) return;
      for (const argument of args) {
        if (byName(definition.arguments, argument.name)) continue;
        const known = definition.arguments.map((item) => item.name);
        const hint = suggestion("Did you mean", argument.name, known, walker.context);
        report(`Unknown argument "${argument.name}" on directive "@${name}".${hint}`, position);
      }
    },
  }),

  KnownDirectives: (_, report) => {
    const seen = new Set<string>();
    return {
      directive({ name, definition, location, position }) {
        if (!definition) report(`Unknown directive "@${name}".`, position);
        else if (!definition.locations.includes(location)) {
          // A fragment is walked for itself and where it is spread.
          const key = `${name}:${position?.line}:${position?.column}`;
          if (!seen.has(key)) report(`Directive "@${name}" may not be used on ${location}.`, position);
          seen.add(key);
        }
      },
    };
  },

  ProvidedRequiredArguments: (_, report) => ({
    field({ name, arguments: args, definition, position }) {
      for (const wanted of definition?.arguments ?? []) {
        if (!wanted.type?.nonNull || wanted.defaultValue || byName(args, wanted.name)) continue;
        report(`Field "${name}" ${missing(wanted.name, typeText(wanted.type))}`, position);
      }
    },
    directive({ name, arguments: args, definition, position }) {
      for (const wanted of definition?.arguments ?? []) {
        if (!wanted.type?.nonNull || wanted.defaultValue || byName(args, wanted.name)) continue;
        report(`Directive "@${name}" ${missing(wanted.name, typeText(wanted.type))}`, position);
      }
    },
  }),

  UniqueArgumentNames: (_, report) => ({
    field: (field) => checkUnique(field.arguments, report),
    directive: (directive) => checkUnique(directive.arguments, report),
  }),

  UniqueDirectivesPerLocation: (_, report) => ({
    directiveList(directives) {
      const seen = new Set<string>();
      for (const { name, definition, position } of directives) {
        if (!definition?.isRepeatable && seen.has(name)) {
          report(`The directive "@${name}" can only be used once at this location.`, position);
        }
        seen.add(name);
      }
    },
  }),
} as const satisfies Readonly<Record<string, Rule>>;

function missing(name: string, type: string): string {
  return `argument "${name}" of type "${type}" is required, but it was not provided.`;
}

/** A name that occurs three times is reported once. */
function checkUnique(args: readonly Argument[], report: Report): void {
  const counts = new Map<string, number>();
  for (const { name, position } of args) {
    const count = counts.get(name) ?? 0;
    if (count === 1) report(`There can be only one argument named "${name}".`, position);
    counts.set(name, count + 1);
  }
}
