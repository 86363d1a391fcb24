import { defineBuiltins } from "./builtin.ts";

export const encodingBuiltins = defineBuiltins([]);
