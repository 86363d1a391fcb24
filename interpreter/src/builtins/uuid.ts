import { defineBuiltins } from "./builtin.ts";

export const uuidBuiltins = defineBuiltins([]);
