import { defineBuiltins } from "./builtin.ts";

export const graphBuiltins = defineBuiltins([]);
