import { defineBuiltins } from "./builtin.ts";

export const graphqlBuiltins = defineBuiltins([]);
