import { defineBuiltins } from "./builtin.ts";

export const jsonSchemaBuiltins = defineBuiltins([]);
