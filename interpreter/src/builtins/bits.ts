import { defineBuiltins } from "./builtin.ts";

export const bitsBuiltins = defineBuiltins([]);
