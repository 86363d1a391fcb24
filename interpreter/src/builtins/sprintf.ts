import { defineBuiltins } from "./builtin.ts";

export const sprintfBuiltins = defineBuiltins([]);
