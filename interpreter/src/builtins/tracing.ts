import { defineBuiltins } from "./builtin.ts";

export const tracingBuiltins = defineBuiltins([]);
