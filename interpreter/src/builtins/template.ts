import { ANY, STRING, named, objectOf } from "../value/type.ts";
import { defineBuiltins } from "./builtin.ts";
import { renderTemplate } from "./go/text-template.ts";
import { objectOperand, stringOperand } from "./operands.ts";

export const templateBuiltins = defineBuiltins([
  {
    name: "strings.render_template",
    decl: {
      args: [
        named("value", STRING, "a templated string"),
        named("vars", objectOf(STRING, ANY), "a mapping of template variable keys to values"),
      ],
      result: named("result", STRING, "rendered template with template variables injected"),
    },
    description:
      "Renders a templated string with given template variables injected. For a given templated string and key/value mapping, values will be injected into the template where they are referenced by key.\n\tFor examples of templating syntax, see https://pkg.go.dev/text/template",
    categories: ["strings"],
    run: ([template, variables], context) => {
      const text = renderTemplate(stringOperand(template, 1), objectOperand(variables, 2), context);
      return text.replaceAll("<no value>", "<undefined>");
    },
  },
]);
