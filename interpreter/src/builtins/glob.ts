import { defineBuiltins } from "./builtin.ts";

export const globBuiltins = defineBuiltins([]);
