import { defineBuiltins } from "./builtin.ts";

export const jsonBuiltins = defineBuiltins([]);
