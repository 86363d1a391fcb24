import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { testData } from "../test-data.ts";
import { readWork, type WorkItem } from "./work-items.ts";

/** A policy to time, and how it is named in the table. */
export interface Workload {
  readonly name: string;
  readonly item: WorkItem;
}

/** Policies of the community library that stand for the common shapes: labels, images, lists of lists, inventory. */
export function libraryWorkloads(): readonly Workload[] {
  const path = testData("bench/work/work.json");
  if (!path) return [];
  const wanted = ["requiredlabels", "allowedrepos", "capabilities", "containerlimits", "uniqueingresshost"];
  const items = readWork(path);
  return wanted.flatMap((policy) => {
    const item = items.find((candidate) => candidate.id.includes(`/${policy}/`));
    return item ? [{ name: item.id.split("/").slice(1).join(" "), item }] : [];
  });
}

/** The policies of the articles, each against the first object of its folder that it denies. */
export function seedWorkloads(): readonly Workload[] {
  const root = testData("seeds/001-securing-kubernetes");
  if (!root) return [];
  const pod = {
    metadata: { name: "p" },
    spec: { containers: [{ name: "web", image: "docker.io/nginx", securityContext: { privileged: true } }] },
  };
  return readdirSync(join(root, "templates"))
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) => {
      const text = readFileSync(join(root, "templates", file), "utf8");
      const rego = /rego: \|\n((?: {8}.*\n|\s*\n)+)/.exec(text)?.[1]?.replace(/^ {8}/gm, "");
      const name = rego && /^package (\S+)/m.exec(rego)?.[1];
      if (!rego || !name) return [];
      const input = { review: { object: pod }, parameters: {} };
      return [
        {
          name: `seed ${file.replace(".yaml", "")}`,
          item: { id: file, version: "v0" as const, package: name, modules: [rego], input },
        },
      ];
    });
}

/** `count` rules that an index can tell apart by one field of the input. */
export function indexableRules(count: number): Workload {
  const rules = Array.from(
    { length: count },
    (_, i) => `violation[{"msg": "m${i}"}] { input.key == "k${i}" }`,
  );
  return {
    name: `${count} indexable rules`,
    item: {
      id: `rules-${count}`,
      version: "v0",
      package: "rules",
      modules: [`package rules\n${rules.join("\n")}\n`],
      input: { key: `k${Math.floor(count / 2)}` },
    },
  };
}

/** `count` rules that no index can tell apart: each must be evaluated. */
export function unindexableRules(count: number): Workload {
  const rules = Array.from(
    { length: count },
    (_, i) => `violation[{"msg": "m${i}"}] { startswith(input.key, "k${i}-") }`,
  );
  return {
    name: `${count} rules without an index`,
    item: {
      id: `unindexed-${count}`,
      version: "v0",
      package: "rules",
      modules: [`package rules\n${rules.join("\n")}\n`],
      input: { key: `k${Math.floor(count / 2)}-x` },
    },
  };
}

/** Policies and inputs made to hurt: what counts is the time until an answer, or until a budget ends them. */
export function hostileWorkloads(): readonly Workload[] {
  const hostile = (name: string, body: string, input: unknown): Workload => ({
    name,
    item: { id: name, version: "v1", package: "hostile", modules: [`package hostile\n${body}\n`], input },
  });
  const list = Array.from({ length: 100_000 }, (_, i) => i);
  const doubling = Array.from({ length: 60 }, (_, i) => `s${i + 1} := [s${i}, s${i}]`).join("\n");
  return [
    hostile("a pattern that backtracks", 'violation if regex.match("^(a+)+$", input.text)', {
      text: `${"a".repeat(100_000)}!`,
    }),
    hostile("a product of 100,000 by 100,000", "violation if { input.list[i] == input.list[j] + 0.5 }", {
      list,
    }),
    hostile("a value with 2^60 leaves", `s0 := [1]\n${doubling}\nviolation := json.marshal(s60)`, {}),
    hostile("a text of ten million characters", 'violation if contains(upper(input.text), "C")', {
      text: "ab".repeat(5_000_000),
    }),
    hostile("walking 100,000 elements", "violation if walk(input.list, [_, -1])", { list }),
  ];
}

/** A rule that joins the input with `count` objects of the inventory on an equality. */
export function inventoryJoin(count: number): Workload {
  const ingresses: Record<string, unknown> = {};
  for (let i = 0; i < count; i++) {
    ingresses[`i${i}`] = {
      metadata: { name: `i${i}`, namespace: "n" },
      spec: { rules: [{ host: `host-${i}.example.com` }] },
    };
  }
  const rego = `package join
violation[{"msg": msg}] {
  host := input.review.object.spec.rules[_].host
  other := data.inventory.namespace[ns]["networking.k8s.io/v1"].Ingress[name]
  other.spec.rules[_].host == host
  msg := sprintf("%v in %v/%v", [host, ns, name])
}
`;
  return {
    name: `join with ${count} objects`,
    item: {
      id: `join-${count}`,
      version: "v0",
      package: "join",
      modules: [rego],
      input: { review: { object: { spec: { rules: [{ host: "host-42.example.com" }] } } } },
      data: { inventory: { namespace: { n: { "networking.k8s.io/v1": { Ingress: ingresses } } } } },
    },
  };
}

/** A loop that does nothing but compare: the cost of one step. */
export function trivialLoop(): Workload {
  return {
    name: "loop over 100 numbers",
    item: {
      id: "loop",
      version: "v0",
      package: "loop",
      modules: [`package loop\nviolation[{"msg": "found"}] { numbers.range(1, 100)[_] == input.wanted }\n`],
      input: { wanted: 100 },
    },
  };
}

/** Exact arithmetic on integers of thirty digits. */
export function bigNumbers(): Workload {
  return {
    name: "30-digit arithmetic",
    item: {
      id: "numbers",
      version: "v0",
      package: "numbers_bench",
      modules: [
        `package numbers_bench
violation[{"msg": sprintf("%d", [x])}] { x := (input.a * 123456789012345678901234567890) + 987654321098765432109876543210; x > 0 }
`,
      ],
      input: { a: 7 },
    },
  };
}
