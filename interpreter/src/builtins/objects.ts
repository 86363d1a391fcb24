import { defineBuiltins } from "./builtin.ts";

export const objectsBuiltins = defineBuiltins([]);
