import { defineBuiltins } from "./builtin.ts";

export const numbersBuiltins = defineBuiltins([]);
