import type { Location, ModuleSource, RegoError } from "@portcullis/interpreter";

/** The file name of the hook in messages. */
const NAME = "hooks.hooks_builtin";

/**
 * A module that reads a template's `violation` rule as Gatekeeper does. It is compiled beside the template and never
 * evaluated: the type checker finds through it that `violation` is a function, or holds what has no `msg`. Its lines stand
 * where Gatekeeper's own hook has them, because their numbers are part of the messages.
 */
export const HOOK: ModuleSource = {
  name: NAME,
  version: "v1",
  source: [
    "package hooks",
    ...Array<string>(11).fill(""),
    "violation contains answer if {",
    "  # Every element is asked, whatever it is.",
    "  data.template.violation[r]",
    "",
    "  answer := {",
    '    "key": input.key,',
    "    # Details are optional.",
    '    "details": object.get(r, "details", {}),',
    '    "msg": r.msg,',
    "  }",
    "}",
  ].join("\n"),
};

/** Errors in the hook are the template's: they get the place of its `violation` rule. */
export function atTemplate(errors: readonly RegoError[], rule: Location | undefined): readonly RegoError[] {
  return errors.map((error) => (error.location?.file === NAME ? { ...error, location: rule } : error));
}
