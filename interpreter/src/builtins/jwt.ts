import { defineBuiltins } from "./builtin.ts";

export const jwtBuiltins = defineBuiltins([]);
