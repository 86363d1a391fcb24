import { defineBuiltins } from "./builtin.ts";

export const arraysBuiltins = defineBuiltins([]);
