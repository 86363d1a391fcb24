import {
  builtins,
  createRego,
  defaultCapabilities,
  parseModule,
  type RegoError,
  type RegoVersion,
} from "@portcullis/interpreter";

/** A policy of one file, and how to read it. */
export interface Policy {
  readonly source: string;
  readonly version: RegoVersion;
  readonly strict?: boolean;
}

/** The file name in messages. */
export const POLICY_NAME = "test.rego";

/** What OPA's release allows by itself: the keywords that our own default leaves to whoever asks for them, too. */
const capabilities = { ...defaultCapabilities(builtins), future_keywords: ["and", "not", "or"] };

/** Everything `rego check` says of a policy: METADATA blocks and calls of `print` are looked at as well. */
export function checkPolicy({ source, version, strict = false }: Policy): readonly RegoError[] {
  const parsed = parseModule({ name: POLICY_NAME, source, version, capabilities, annotations: true });
  if (!parsed.ok) return parsed.errors;
  const modules = [{ name: POLICY_NAME, module: parsed.module }];
  return createRego({ modules, capabilities, strict, print: true }).errors;
}
