import { defineBuiltins } from "./builtin.ts";

export const setsBuiltins = defineBuiltins([]);
