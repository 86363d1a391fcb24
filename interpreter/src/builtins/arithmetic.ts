import { defineBuiltins } from "./builtin.ts";

export const arithmeticBuiltins = defineBuiltins([]);
