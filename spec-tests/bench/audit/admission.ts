import { Agent, request } from "node:https";
import type { ControlPlane } from "../../testbed/control-plane.ts";
import { startManager } from "../../testbed/manager.ts";
import type { Program } from "../../testbed/manager.ts";
import { benchRequests } from "../library-folder.ts";
import type { Limit } from "./audited-process.ts";

/** Milliseconds between two requests: each is sent when its time has come, whether the ones before it are answered or not. */
const EVERY_MS = 20;
const IDLE_REQUESTS = 500;
const WARM_UP_REQUESTS = 300;
/** What nobody notices is not compared. */
const LEAST_MS = 20;

/** Of a manager that admits and audits: how long admission takes while nothing else happens, and during audits. */
export async function admissionDuringAudit(
  plane: ControlPlane,
  program: Program,
  limit: Limit,
): Promise<void> {
  const bodies = benchRequests().map(({ body }) => Buffer.from(body));
  const manager = await startManager(plane, {
    podName: "admission-and-audit",
    register: false,
    program,
    flags: [
      "--operation=webhook",
      "--operation=audit",
      "--operation=status",
      "--shutdown-delay=0",
      "--audit-interval=30",
      "--audit-full-every=1",
    ],
  });
  const agent = new Agent({ keepAlive: true, ca: manager.ca });
  const url = `${manager.url}/v1/admit`;
  const times = { idle: [] as number[], "during an audit": [] as number[] };
  try {
    for (let sent = 0; sent < WARM_UP_REQUESTS; sent++) {
      await answerMs(url, agent, bodies[sent % bodies.length] as Buffer);
    }
    const isAuditing = (): boolean => {
      const output = manager.process.output();
      const last = (event: string): number => output.lastIndexOf(`"event_type":"${event}"`);
      // Of a long audit the beginning is not kept.
      return Math.max(last("audit_started"), last("violation_audited")) > last("audit_finished");
    };
    const underWay: Promise<unknown>[] = [];
    let ended = 0;
    let wasAuditing = isAuditing();
    for (let sent = 0; ended < 2 || times.idle.length < IDLE_REQUESTS; sent++) {
      const started = isAuditing();
      if (wasAuditing && !started) ended++;
      wasAuditing = started;
      const body = bodies[sent % bodies.length] as Buffer;
      const into = started ? times["during an audit"] : times.idle;
      underWay.push(answerMs(url, agent, body).then((ms) => into.push(ms)));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    await Promise.all(underWay);
  } finally {
    agent.destroy();
    await manager.stop();
  }
  console.log(`\nadmission, a request each ${EVERY_MS} ms, by a manager that audits too`);
  for (const [when, all] of Object.entries(times)) {
    const [p50, p99, most] = [0.5, 0.99, 1].map((part) => quantile(all, part));
    console.log(
      `     ${when}: ${all.length} requests, median ${p50?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms, most ${most?.toFixed(1)} ms`,
    );
  }
  const idle = Math.max(quantile(times.idle, 0.99), LEAST_MS);
  limit(
    "p99 during an audit",
    quantile(times["during an audit"], 0.99) / idle,
    3,
    `times ${idle.toFixed(1)} ms`,
  );
}

function answerMs(url: string, agent: Agent, body: Buffer): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    request(
      url,
      {
        method: "POST",
        agent,
        headers: { "content-type": "application/json", "content-length": body.length },
      },
      (answer) => {
        answer.resume().once("end", () => resolve(performance.now() - started));
      },
    )
      .once("error", reject)
      .end(body);
  });
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
