import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { Engine } from "../engine.ts";
import { MutationSystem } from "../mutation/system.ts";
import type { Review } from "../reviews/review.ts";
import { reviewOfObject } from "../target/review-of-object.ts";
import { constraint, fakeDriver, template } from "../testing/index.ts";
import { reviewWithExpansion } from "./review-with-expansion.ts";
import { ExpansionSystem } from "./system.ts";
import { decodeExpansionTemplate } from "./template.ts";

const DEPLOYMENT: PlainObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop" },
  spec: { template: { spec: {} } },
};

function expansion(enforcementAction = ""): ExpansionSystem {
  const system = new ExpansionSystem(new MutationSystem({ newId: () => "1" }));
  const spec = {
    applyTo: [{ groups: ["apps"], kinds: ["Deployment"], versions: ["v1"] }],
    templateSource: "spec.template",
    generatedGVK: { group: "", version: "v1", kind: "Pod" },
    enforcementAction,
  };
  const kind = "ExpansionTemplate";
  system.upsert(
    decodeExpansionTemplate({
      apiVersion: "expansion.gatekeeper.sh/v1beta1",
      kind,
      metadata: { name: "pods" },
      spec,
    }),
  );
  return system;
}

/** Denies everything; `pods` only Pods. */
function client(): Engine {
  const engine = new Engine({ driver: fakeDriver(), referentialRules: true, nowNs: () => 0n });
  engine.addTemplate(template("KA", "deny all"));
  engine.addConstraint(constraint("KA", "all", { match: { kinds: [{ kinds: ["Deployment"] }] } }));
  engine.addConstraint(
    constraint("KA", "pods", { match: { source: "Generated", kinds: [{ kinds: ["Pod"] }] } }),
  );
  return engine;
}

const OPTIONS = { enforcementPoint: "validation.gatekeeper.sh" } as const;

function judge(review: Review, system: ExpansionSystem) {
  const { results, errors } = reviewWithExpansion(client(), system, review, OPTIONS);
  return {
    told: results.map((one) => [one.constraint.name, one.msg, ...one.actions]),
    errors: errors.map(({ message }) => message),
  };
}

describe("a review with expansion", () => {
  it("tells what generated objects violate as their parent's", () => {
    expect(judge(reviewOfObject(DEPLOYMENT), expansion())).toEqual({
      told: [
        ["pods", "[Implied by pods] denied", "deny"],
        ["all", "denied", "deny"],
      ],
      errors: [],
    });
  });

  it("takes the action of the ExpansionTemplate for what is implied", () => {
    expect(judge(reviewOfObject(DEPLOYMENT), expansion("warn")).told).toEqual([
      ["all", "denied", "deny"],
      ["pods", "[Implied by pods] denied", "warn"],
    ]);
  });

  it("expands the old object on DELETE", () => {
    expect(judge(reviewOfObject(DEPLOYMENT, { operation: "DELETE" }), expansion()).told).toHaveLength(2);
  });

  it("keeps the object's own results where the expansion fails", () => {
    const bare = { ...DEPLOYMENT, spec: {} };
    const { told, errors } = judge(reviewOfObject(bare), expansion());
    expect(told).toEqual([["all", "denied", "deny"]]);
    expect(errors).toEqual([expect.stringContaining("could not find source field")]);
  });
});
