import { describe, expect, it } from "vitest";
import { namespace, pod } from "../testing/index.ts";
import { processExcluder } from "./process-exclusion.ts";

const CONFIG = {
  spec: {
    match: [
      { excludedNamespaces: ["kube-*"], processes: ["*"] },
      { excludedNamespaces: ["shop"], processes: ["audit", "unheard-of"] },
    ],
  },
};

describe("process exclusion", () => {
  const excluder = processExcluder(CONFIG);

  it("goes by the globs of the process and of all processes", () => {
    expect(excluder.isNamespaceExcluded("webhook", "kube-system")).toBe(true);
    expect(excluder.isNamespaceExcluded("audit", "shop")).toBe(true);
    expect(excluder.isNamespaceExcluded("webhook", "shop")).toBe(false);
  });

  it("takes an object with its namespace and a Namespace by its name", () => {
    expect(excluder.isExcluded("audit", pod("web", { namespace: "shop" }))).toBe(true);
    expect(excluder.isExcluded("audit", namespace("shop"))).toBe(true);
    expect(excluder.isExcluded("audit", namespace("other"))).toBe(false);
  });

  it("excludes nothing without a Config", () => {
    expect(processExcluder().isNamespaceExcluded("audit", "kube-system")).toBe(false);
  });
});
