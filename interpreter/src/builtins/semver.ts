import { defineBuiltins } from "./builtin.ts";

export const semverBuiltins = defineBuiltins([]);
