import { describe, expect, it } from "vitest";
import { glob } from "./glob.ts";

describe("a glob", () => {
  it.each([
    ["kube-system", "kube-system", true],
    ["kube-system", "kube-system-2", false],
    ["kube-*", "kube-system", true],
    ["kube-*", "my-kube-system", false],
    ["*-system", "kube-system", true],
    ["*-system", "kube-systems", false],
    ["*kube*", "my-kube-system", true],
    ["*", "anything", true],
    ["*", "", true],
    ["a*c", "abc", false],
    ["a*c", "a*c", true],
    ["", "", true],
  ])("%j on %j: %j", (pattern, text, wanted) => {
    expect(glob(pattern).matches(text)).toBe(wanted);
  });

  it.each([
    ["app-*", "app-", true],
    ["*app*", "my-app-", true],
    ["app-", "app-", false],
    ["*-app", "my-app", false],
  ])("%j on the generated name %j: %j", (pattern, prefix, wanted) => {
    expect(glob(pattern).matchesGenerateName(prefix)).toBe(wanted);
  });
});
