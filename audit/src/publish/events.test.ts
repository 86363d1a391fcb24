import type { EventNote } from "@portcullis/engine/cluster";
import { describe, expect, it } from "vitest";
import { History } from "../history.ts";
import type { SweepReport } from "../sweep.ts";
import { violationsOf } from "../violation.ts";
import { auditEvents } from "./events.ts";

const constraint = {
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "K8sTest",
  name: "c",
  object: {},
};

const violationOf = (kind: string, name: string, namespace?: string) =>
  violationsOf(
    {
      apiVersion: "v1",
      kind,
      metadata: { name, uid: "u-1", resourceVersion: "7", ...(namespace === undefined ? {} : { namespace }) },
    },
    [
      {
        constraint,
        msg: "no".repeat(300),
        details: {},
        enforcementAction: "scoped",
        actions: ["deny", "warn"],
      },
    ],
  );

interface Options {
  readonly involvedNamespace?: boolean;
  /** What happens when the recorder is asked for room. */
  readonly room?: () => Promise<void>;
}

function setUp({ involvedNamespace = false, room = () => Promise.resolve() }: Options = {}) {
  const notes: EventNote[] = [];
  const lost: unknown[] = [];
  const history = new History();
  const events = auditEvents({
    recorder: { record: (note) => void notes.push(note), room, stop: () => Promise.resolve() },
    history,
    ownNamespace: "gatekeeper-system",
    involvedNamespace,
    onLoss: (...loss) => void lost.push(loss),
  });
  const run = async (minute: number, found: ReturnType<typeof violationsOf>): Promise<void> => {
    const about = { runId: `2026-01-02T03:0${minute}:00Z`, startedAt: 0 };
    const report: SweepReport = {
      runId: about.runId,
      constraints: [],
      errors: [],
      errorCount: 0,
      objects: 0,
      seconds: 0,
    };
    await history.started(about);
    await history.found(about, found);
    await history.finished(about, report);
    await events.finished?.(about, report);
  };
  return { notes, lost, events, run };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

describe("the Events of an audit", () => {
  it("are in Gatekeeper's namespace, and say what the log says", async () => {
    const { notes, events, run } = setUp();
    await run(1, violationOf("Pod", "web", "shop"));
    await settled();
    expect(notes).toEqual([
      {
        component: "gatekeeper-audit",
        type: "Warning",
        reason: "AuditViolation",
        message: `Resource Namespace: shop, Constraint: c, Message: ${"no".repeat(126)}n...`,
        annotations: {
          process: "audit",
          auditTimestamp: "2026-01-02T03:01:00Z",
          event_type: "violation_audited",
          constraint_group: "constraints.gatekeeper.sh",
          constraint_api_version: "v1beta1",
          constraint_kind: "K8sTest",
          constraint_name: "c",
          constraint_namespace: "",
          constraint_action: "scoped",
          constraint_enforcement_actions: "deny,warn",
          resource_group: "",
          resource_api_version: "v1",
          resource_kind: "Pod",
          resource_namespace: "shop",
          resource_name: "web",
        },
        involved: {
          kind: "Pod",
          name: "web",
          namespace: "gatekeeper-system",
          uid: "Pod/shop/web/K8sTest//c",
        },
      },
    ]);
    await events.stop();
  });

  it("are in the object's namespace where that is wanted and there is one", async () => {
    const { notes, events, run } = setUp({ involvedNamespace: true });
    await run(1, [...violationOf("Pod", "web", "shop"), ...violationOf("Node", "n")]);
    await settled();
    expect(notes.map(({ message, involved }) => [message.slice(0, 25), involved])).toEqual([
      [
        "Constraint: c, Message: n",
        { kind: "Pod", name: "web", namespace: "shop", uid: "u-1", resourceVersion: "7" },
      ],
      [
        "Constraint: c, Message: n",
        { kind: "Node", name: "n", namespace: "gatekeeper-system", uid: "u-1", resourceVersion: "7" },
      ],
    ]);
    await events.stop();
  });

  it("are made of new violations first, of known ones again, of resolved ones and of Events not", async () => {
    const { notes, events, run } = setUp();
    await run(1, [...violationOf("Pod", "old", "shop"), ...violationOf("Pod", "gone", "shop")]);
    await settled();
    notes.length = 0;
    await run(2, [
      ...violationOf("Event", "e", "shop"),
      ...violationOf("Pod", "old", "shop"),
      ...violationOf("Pod", "new", "shop"),
    ]);
    await settled();
    expect(notes.map(({ involved }) => involved.name)).toEqual(["new", "old"]);
    await events.stop();
  });

  it("that the next run overtakes are told", async () => {
    let open: (() => void)[] = [];
    const room = () => new Promise<void>((resolve) => void open.push(resolve));
    const { notes, lost, events, run } = setUp({ room });
    await run(1, [...violationOf("Pod", "a", "shop"), ...violationOf("Pod", "b", "shop")]);
    await settled();
    await run(2, violationOf("Pod", "a", "shop"));
    for (let i = 0; i < 5; i++) {
      for (const each of open.splice(0)) each();
      await settled();
    }
    expect(notes.map(({ annotations }) => annotations["auditTimestamp"])).toEqual(["2026-01-02T03:02:00Z"]);
    expect(lost).toEqual([["the next run began before all Events were made", 2]]);
    open = [];
    await events.stop();
  });
});
