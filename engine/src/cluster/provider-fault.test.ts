import { rootCertificates } from "node:tls";
import { expect, it } from "vitest";
import { providerFault } from "./provider-fault.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const url = "https://provider.example:8090/validate";
const caBundle = base64(rootCertificates[0] as string);

it.each([
  ["all it needs", { url, caBundle, timeout: 3 }, undefined],
  ["no timeout", { url, caBundle }, undefined],
  ["line ends in its base64", { url, caBundle: caBundle.replaceAll(/(.{64})/g, "$1\n") }, undefined],
  ["no URL", { caBundle }, "invalid provider url. value: "],
  ["a URL without host", { url: "https://", caBundle }, "only HTTPS scheme is supported for Providers"],
  ["another scheme", { url: "file:///etc", caBundle }, "only HTTPS scheme is supported for Providers"],
  [
    "a negative timeout",
    { url, caBundle, timeout: -1 },
    "provider timeout should be a positive integer. value: -1",
  ],
  ["no CA", { url }, "caBundle should be set for HTTPS scheme"],
  [
    "half a base64",
    { url, caBundle: "abc" },
    "failed to base64 decode caBundle: illegal base64 data at input byte 3",
  ],
  ["a CA that is no PEM", { url, caBundle: base64("x") }, "bad caBundle"],
])("a Provider with %s", (_what, spec, fault) => {
  expect(providerFault({ metadata: { name: "p" }, spec })).toBe(fault);
});
