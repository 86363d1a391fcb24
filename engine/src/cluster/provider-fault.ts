import { X509Certificate } from "node:crypto";
import type { PlainObject } from "@portcullis/interpreter";
import { objectMeta, textAt, valueAt } from "../kubernetes/object-meta.ts";

/** What is wrong with a Provider, in Gatekeeper's words and its order (contract 10); undefined: nothing. */
export function providerFault(provider: PlainObject): string | undefined {
  const { name } = objectMeta(provider);
  if (name === "") return "provider name can not be empty. value: ";
  const timeout = valueAt(provider, "spec", "timeout") ?? 0;
  if (typeof timeout !== "number" || timeout < 0)
    return `provider timeout should be a positive integer. value: ${String(timeout)}`;
  return urlFault(textAt(provider, "spec", "url")) ?? bundleFault(textAt(provider, "spec", "caBundle"));
}

function urlFault(text: string): string | undefined {
  if (text === "") return "invalid provider url. value: ";
  return /^https:\/\//i.test(text) && URL.canParse(text)
    ? undefined
    : "only HTTPS scheme is supported for Providers";
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n[\s\S]*?-----END \1-----/;

function bundleFault(bundle: string): string | undefined {
  if (bundle === "") return "caBundle should be set for HTTPS scheme";
  // Go's decoder passes over line ends.
  const text = bundle.replaceAll(/[\r\n]/g, "");
  if (!BASE64.test(text)) {
    const at = text.search(/[^A-Za-z0-9+/]/);
    return `failed to base64 decode caBundle: illegal base64 data at input byte ${at < 0 ? text.length : at}`;
  }
  const [block] = PEM_BLOCK.exec(Buffer.from(text, "base64").toString("latin1")) ?? [];
  if (block === undefined) return "bad caBundle";
  try {
    void new X509Certificate(block);
    return undefined;
  } catch {
    return "failed to parse caBundle: x509: malformed certificate";
  }
}
