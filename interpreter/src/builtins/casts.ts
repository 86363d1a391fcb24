import { defineBuiltins } from "./builtin.ts";

export const castsBuiltins = defineBuiltins([]);
