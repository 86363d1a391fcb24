import { defineBuiltins } from "./builtin.ts";

export const regexBuiltins = defineBuiltins([]);
