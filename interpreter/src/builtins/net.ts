import { defineBuiltins } from "./builtin.ts";

export const netBuiltins = defineBuiltins([]);
