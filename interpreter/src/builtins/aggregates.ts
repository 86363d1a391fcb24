import { defineBuiltins } from "./builtin.ts";

export const aggregatesBuiltins = defineBuiltins([]);
