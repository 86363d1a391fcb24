import { defineBuiltins } from "./builtin.ts";

export const uriBuiltins = defineBuiltins([]);
