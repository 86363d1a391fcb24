import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listAt, objectMeta, textAt, valueAt } from "@portcullis/engine";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { Resource } from "@portcullis/engine/cluster";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { NAMESPACE } from "../chart/chart.ts";
import { runCommand, startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { gatekeeperRelease } from "../testbed/gatekeeper-release.ts";
import { makeImage } from "../testbed/image.ts";
import type { Image } from "../testbed/image.ts";
import { apply, kubectl } from "../testbed/manager.ts";
import { TestNode } from "../testbed/node.ts";
import { findPart } from "../testbed/parts.ts";
import { pause, PATIENCE_MS, until } from "./cluster-policies.ts";
import { CONTROLLERS, helmRelease, programsOf, WEBHOOK_SERVICE } from "./helm-release.ts";
import { verdictOf } from "./kubectl-verdict.ts";
import { CONSTRAINTS, OBJECTS, QUESTIONS, SETTINGS, TEMPLATES } from "./moving-in-policies.ts";

// A cluster with Gatekeeper's own release, Gatekeeper's own processes and what they wrote; then the chart in its place.

const chart = gatekeeperRelease("charts", "gatekeeper");
const missing = whyNoControlPlane("kube-controller-manager", "helm", "gatekeeper");
const skipped =
  missing ?? (chart === undefined ? "SKIPPED: no chart of Gatekeeper in Go's module cache" : undefined);
if (skipped !== undefined) console.log(`moving in from Gatekeeper: ${skipped}`);

const IMAGE = "openpolicyagent/gatekeeper:v3.23.1";
const POLL = { timeout: PATIENCE_MS, interval: 200 };
const IDS = "jsonpath={.items[*].status.byPod[*].id}";
const WAIT = ["--wait", "--timeout=180s"];

/** How Gatekeeper came into the cluster, and what its owner types to replace it: see docs/guides/moving-in.md. */
interface Way {
  readonly name: string;
  readonly install: (plane: ControlPlane) => Promise<void>;
  readonly takeOver: (plane: ControlPlane) => Promise<unknown>;
  /** Helm knows what was there before. */
  readonly canRollBack: boolean;
}

const WAYS: readonly Way[] = [
  {
    name: "its own chart",
    install: installChart,
    takeOver: (plane) => helmRelease(plane, "upgrade", { args: WAIT, values: OURS }),
    canRollBack: true,
  },
  { name: "its own manifests", install: installManifests, takeOver: takeOwnership, canRollBack: false },
];

// The second way takes as long as the first and shows less.
const ways = WAYS.slice(0, process.env["MOVING_IN"] === "all" ? 2 : 1);
if (ways.length < WAYS.length)
  console.log("moving in from Gatekeeper's manifests: SKIPPED, takes minutes; set MOVING_IN=all");

describe.skipIf(skipped !== undefined).each(ways)(
  "moving in from Gatekeeper: $name",
  { timeout: 300_000 },
  (way) => {
    let plane: ControlPlane;
    let image: Image;
    let node: TestNode;
    /** What Gatekeeper's processes said, wrote and decided. */
    let before: {
      verdicts: readonly Verdict[];
      found: Readonly<Record<string, Found>>;
      ids: object;
      ca: Value;
    };

    beforeAll(async () => {
      plane = await startControlPlane({ controllers: CONTROLLERS, services: true });
      image = makeImage();
      node = await TestNode.start(plane, {
        programs: { ...programsOf(image), [`${IMAGE} /manager`]: [findPart("gatekeeper") as string] },
        service: WEBHOOK_SERVICE,
      });
      await apply(plane, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }]);
      await apply(plane, OBJECTS);
      await way.install(plane);
      await applyPolicies();
      before = {
        verdicts: await settledVerdicts(),
        found: await settledAudit(),
        ids: await ids(),
        ca: await authority(),
      };
    }, 300_000);

    afterEach(({ task }) => {
      if (task.result?.state !== "fail") return;
      for (const each of node.processes("")) console.log(`${each.name}:\n${each.output().slice(-3000)}`);
    });

    afterAll(async () => {
      await node?.stop();
      await plane?.stop();
      image?.remove();
    }, 120_000);

    it("Gatekeeper is there, and its verdicts and findings are what the policies mean", () => {
      expect(before.verdicts).toEqual([
        { verdict: "allow", lines: [], warnings: [], moved: true },
        { verdict: "warn", lines: [], warnings: ['[advised] undocumented misses {"docs"}'], moved: true },
        { verdict: "deny", lines: ['[owned] unowned misses {"owner", "team"}'], warnings: [], moved: false },
        {
          verdict: "deny",
          lines: ["[one-a-role] shop/taken has the role cashier already"],
          warnings: [],
          moved: false,
        },
        { verdict: "allow", lines: [], warnings: [], moved: false },
      ]);
      expect(before.found["owned"]?.total).toBe(2);
    });

    it("`migrate check` says that it can be done, and what changes", async () => {
      const [file = "", ...first] = programsOf(image)["/manager"] ?? [];
      const check = await runCommand(file, [
        ...first,
        "migrate",
        "check",
        `--kubeconfig=${plane.kubeconfig}`,
      ]);
      expect(check.stderr).toBe("");
      expect(check.stdout).toContain("failurePolicy Ignore becomes Fail");
      expect(check.stdout).toMatch(/^constraints +4 +0 +0$/m);
      expect(check.code).toBe(0);
    });

    it("helm takes over, without a gap in enforcement", async () => {
      const watch = await watchEnforcement();
      const started = performance.now();
      await way.takeOver(plane);
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      const { asked, wrong } = await watch.end();
      console.log(`moved in within ${seconds} s: ${asked} requests meanwhile, ${wrong.length} wrong`);
      expect(wrong).toEqual([]);
      await expect
        .poll(() => kubectl(plane, ["get", "pods", "-n", NAMESPACE, "-o", "jsonpath={..image}"]), POLL)
        .not.toContain(IMAGE);
    });

    it("nothing was deleted or made anew", async () => {
      expect(await ids()).toEqual(before.ids);
    });

    it("the certificate authority is the same, so nobody had to learn a new one", async () => {
      expect(await authority()).toEqual(before.ca);
    });

    it("the verdicts are the same", async () => {
      await expect.poll(verdicts, POLL).toEqual(before.verdicts);
    });

    it("constraints keep their status until the first audit, which finds the same", async () => {
      const now = await settledAudit(before.found);
      const findings = (found: Readonly<Record<string, Found>>): object =>
        Object.fromEntries(
          Object.entries(found).map(([name, { total, violations }]) => [name, { total, violations }]),
        );
      expect(findings(now)).toEqual(findings(before.found));
    });

    it("templates and constraints become ready under the new pods alone", async () => {
      const all = ["constrainttemplates", "constraints"];
      for (const kind of all)
        await kubectl(plane, ["wait", "--for=condition=Ready", kind, "--all", "--timeout=60s"]);
      const pods = (await kubectl(plane, ["get", "pods", "-n", NAMESPACE, "-o", "name"])).split("\n");
      // The reports of Gatekeeper's pods go with these.
      await expect
        .poll(async () => {
          const ids = await kubectl(plane, ["get", "constraints", "-o", IDS]);
          return ids.split(" ").filter((id) => !pods.includes(`pod/${id}`));
        }, POLL)
        .toEqual([]);
    });

    it.runIf(way.canRollBack)(
      "`helm rollback` is the way back: Gatekeeper says what it said before",
      async () => {
        await helmRelease(plane, "rollback", { args: ["1", "--no-hooks", ...WAIT] });
        const images = await kubectl(plane, ["get", "pods", "-n", NAMESPACE, "-o", "jsonpath={..image}"]);
        expect(images).toContain(IMAGE);
        await expect.poll(verdicts, POLL).toEqual(before.verdicts);
        expect(await ids()).toEqual(before.ids);
      },
    );

    async function applyPolicies(): Promise<void> {
      await apply(plane, [...TEMPLATES, ...SETTINGS]);
      const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: CONSTRAINTS });
      let told = "";
      await until("Gatekeeper to make the kinds", async () => {
        const { code, stderr } = await plane.kubectl(["apply", "-f", "-"], list);
        told = stderr;
        return code === 0;
      }).catch((error: unknown) => {
        const [audit] = node.processes("gatekeeper-audit");
        throw new Error(`${String(error)}: ${told}\n${audit?.output().slice(-3000) ?? ""}`);
      });
    }

    interface Verdict {
      readonly verdict: string;
      readonly lines: readonly string[];
      readonly warnings: readonly string[];
      /** The mutator was at it. */
      readonly moved: boolean;
    }

    async function verdicts(): Promise<readonly Verdict[]> {
      return Promise.all(QUESTIONS.map(ask));
    }

    async function ask(question: PlainObject): Promise<Verdict> {
      const asked = await plane.kubectl(
        ["create", "--dry-run=server", "-o", "json", "-f", "-"],
        JSON.stringify(question),
      );
      const { verdict, lines, stderr } = verdictOf(asked);
      const warnings = [...stderr.matchAll(/^Warning: (.*)$/gm)].map(([, text = ""]) => text);
      const parsed = parseJson(asked.stdout);
      const moved = parsed.ok && textAt(parsed.value, "metadata", "annotations", "moved") === "in";
      return { verdict, lines, warnings, moved };
    }

    /** The verdicts once they stay the same: every replica has loaded everything. */
    async function settledVerdicts(): Promise<readonly Verdict[]> {
      let last = "";
      let now = await verdicts();
      await until("verdicts that stay the same", async () => {
        last = JSON.stringify(now);
        await pause(2000);
        now = await verdicts();
        return JSON.stringify(now) === last && now[2]?.verdict === "deny" && now[3]?.verdict === "deny";
      });
      return now;
    }

    interface Found {
      readonly time: string;
      readonly total: Value | undefined;
      readonly violations: readonly Value[];
    }

    /** What audits wrote into the status of the constraints: by somebody else than `earlier`, who must not get lost before. */
    async function settledAudit(
      earlier: Readonly<Record<string, Found>> = {},
    ): Promise<Readonly<Record<string, Found>>> {
      let found: Readonly<Record<string, Found>> = {};
      await until("an audit of all constraints", async () => {
        const list = await json("constraints");
        found = Object.fromEntries(
          listAt(list, "items").map((item) => [textAt(item, "metadata", "name"), foundOf(item)]),
        );
        for (const name of Object.keys(earlier)) expect(found[name]?.total).toEqual(earlier[name]?.total);
        const isNew = ({ time }: Found, name: string): boolean => time !== "" && time !== earlier[name]?.time;
        const names = Object.keys(found);
        return (
          names.length === CONSTRAINTS.length &&
          names.every((name) => isNew(found[name] as Found, name)) &&
          found["owned"]?.total === 2
        );
      });
      return found;
    }

    function foundOf(constraint: Value): Found {
      return {
        time: textAt(constraint, "status", "auditTimestamp"),
        total: valueAt(constraint, "status", "totalViolations"),
        violations: listAt(constraint, "status", "violations"),
      };
    }

    /** The uid of everything a user cares for. */
    async function ids(): Promise<object> {
      const kinds = ["constrainttemplates", "constraints", "crds", "assignmetadata", "syncsets"];
      const lists = await Promise.all([...kinds.map((kind) => json(kind)), json("configs", "-n", NAMESPACE)]);
      return Object.fromEntries(
        lists
          .flatMap((list) => listAt(list, "items"))
          .map((item) => {
            const { kind, name } = objectMeta(item as PlainObject);
            return [`${kind} ${name}`, textAt(item, "metadata", "uid")];
          }),
      );
    }

    async function authority(): Promise<Value> {
      return (
        valueAt(await json("secret", "gatekeeper-webhook-server-cert", "-n", NAMESPACE), "data", "ca.crt") ??
        null
      );
    }

    async function json(...args: readonly string[]): Promise<PlainObject> {
      const parsed = parseJson(await kubectl(plane, ["get", ...args, "-o", "json"]));
      if (!parsed.ok) throw new Error(parsed.error.message);
      return parsed.value as PlainObject;
    }

    /** Asks a question that is denied and one that is not, again and again; `end` answers what went wrong. */
    async function watchEnforcement(): Promise<{
      end(): Promise<{ asked: number; wrong: readonly string[] }>;
    }> {
      const connection = await connectToCluster({ kubeconfig: plane.kubeconfig });
      const api = createKubeApi({ connection, qps: 0 });
      const [fine, , unowned] = QUESTIONS as readonly [PlainObject, PlainObject, PlainObject];
      const wrong: string[] = [];
      let asked = 0;
      const over = new AbortController();
      const loop = async (): Promise<void> => {
        while (!over.signal.aborted) {
          const allowed = await api.create(CONFIG_MAPS, fine, { dryRun: true });
          if (!allowed.ok) wrong.push(allowed.error.message);
          const denied = await api.create(CONFIG_MAPS, unowned, { dryRun: true });
          if (denied.ok || !denied.error.message.includes("[owned] unowned misses"))
            wrong.push(denied.ok ? "what is denied got in" : denied.error.message);
          asked += 2;
          await pause(20);
        }
      };
      const running = loop();
      return {
        async end() {
          over.abort();
          await running;
          await api.close();
          return { asked, wrong };
        },
      };
    }
  },
);

const CONFIG_MAPS: Resource = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};

/** Values of our release: fast, and small. */
const OURS: PlainObject = { replicas: 2, auditInterval: 3 };

/** Gatekeeper's chart, in a release of its own. Its hooks are Jobs with images that nobody has here. */
async function installChart(plane: ControlPlane): Promise<void> {
  const values = join(plane.folder, "gatekeeper-values.json");
  writeFileSync(
    values,
    JSON.stringify({
      replicas: 2,
      auditInterval: 3,
      enableExternalData: false,
      controllerManager: { certDir: "/certs" },
      // Their Pod has the Secret mounted at a path of its own that no flag names.
      audit: { apiCacheDir: auditFolder(plane), disableCertRotation: true },
    }),
  );
  const args = ["install", "gatekeeper", chart as string, "--namespace", NAMESPACE, "--create-namespace"];
  const more = ["--no-hooks", "--values", values, `--kubeconfig=${plane.kubeconfig}`, ...WAIT];
  const installed = await runCommand(findPart("helm") as string, [...args, ...more]);
  if (installed.code !== 0) throw new Error(installed.stderr);
}

/** `deploy/gatekeeper.yaml`, its Deployments with the flags whose defaults do not fit a shared machine. */
async function installManifests(plane: ControlPlane): Promise<void> {
  const file = join(plane.folder, "gatekeeper.yaml");
  const flags = (...list: readonly string[]): string =>
    [...list, "--enable-external-data=false", "--health-addr=:9090", "--prometheus-port=8888"]
      .map((flag) => `        - ${flag}\n`)
      .join("");
  const text = readFileSync(gatekeeperRelease("deploy", "gatekeeper.yaml") as string, "utf8")
    .replaceAll("replicas: 3", "replicas: 2")
    .replace(/^ +- --operation=webhook\n/gm, `$&${flags("--cert-dir=/certs")}`)
    .replace(
      /^ +- --operation=audit\n/gm,
      `$&${flags("--audit-interval=3", `--api-cache-dir=${auditFolder(plane)}`)}`,
    );
  writeFileSync(file, text);
  await kubectl(plane, ["apply", "--server-side", "-f", file]);
  for (const name of ["gatekeeper-controller-manager", "gatekeeper-audit"])
    await kubectl(plane, ["rollout", "status", `deployment/${name}`, "-n", NAMESPACE, "--timeout=120s"]);
}

async function takeOwnership(plane: ControlPlane): Promise<void> {
  const ours = "app=gatekeeper chart=gatekeeper heritage=Helm release=gatekeeper".split(" ");
  const system = "gatekeeper.sh/system=yes";
  await kubectl(plane, ["label", "pods", "-n", NAMESPACE, "-l", system, ...ours]);
  const deployments = ["gatekeeper-controller-manager", "gatekeeper-audit"];
  await kubectl(plane, ["delete", "deployment", ...deployments, "-n", NAMESPACE, "--cascade=orphan"]);
  await helmRelease(plane, "install", { args: ["--take-ownership", ...WAIT], values: OURS });
  await kubectl(plane, ["delete", "replicasets", "-n", NAMESPACE, "-l", `${system},!release`]);
}

/** Where Gatekeeper's audit keeps its pages: it fails without. */
function auditFolder(plane: ControlPlane): string {
  const folder = join(plane.folder, "audit");
  mkdirSync(folder);
  return folder;
}
