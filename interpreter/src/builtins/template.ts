import { defineBuiltins } from "./builtin.ts";

export const templateBuiltins = defineBuiltins([]);
