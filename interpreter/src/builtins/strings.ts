import { defineBuiltins } from "./builtin.ts";

export const stringsBuiltins = defineBuiltins([]);
