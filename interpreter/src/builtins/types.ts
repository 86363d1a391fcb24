import { defineBuiltins } from "./builtin.ts";

export const typesBuiltins = defineBuiltins([]);
