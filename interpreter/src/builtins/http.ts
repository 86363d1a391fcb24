import { defineBuiltins } from "./builtin.ts";

export const httpBuiltins = defineBuiltins([]);
