import { defineBuiltins } from "./builtin.ts";

export const timeBuiltins = defineBuiltins([]);
