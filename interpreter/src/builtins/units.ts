import { defineBuiltins } from "./builtin.ts";

export const unitsBuiltins = defineBuiltins([]);
