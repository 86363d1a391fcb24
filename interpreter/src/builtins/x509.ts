import { defineBuiltins } from "./builtin.ts";

export const x509Builtins = defineBuiltins([]);
