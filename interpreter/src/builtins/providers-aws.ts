import { defineBuiltins } from "./builtin.ts";

export const providersAwsBuiltins = defineBuiltins([]);
