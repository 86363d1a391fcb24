import { defineBuiltins } from "./builtin.ts";

export const comparisonBuiltins = defineBuiltins([]);
