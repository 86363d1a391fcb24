import { defineBuiltins } from "./builtin.ts";

export const regoBuiltins = defineBuiltins([]);
