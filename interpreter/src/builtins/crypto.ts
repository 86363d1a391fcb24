import { defineBuiltins } from "./builtin.ts";

export const cryptoBuiltins = defineBuiltins([]);
