import type { ExportConnection, Publishing } from "@portcullis/engine/cluster";
import { expect, it } from "vitest";
import type { Channel } from "../processes/child-end.ts";
import { hearExports, tellingExports } from "./export-news.ts";

const HOW: Publishing = {
  source: "webhook",
  active: true,
  lastAttemptTime: "2026-01-02T03:04:05Z",
  errors: ["x"],
};

it("a process that exports goes by what it knows of the Connection, and its manager hears how that goes", () => {
  const target = { driver: "dapr", component: "c" } as const;
  const reported: Publishing[] = [];
  const manager: ExportConnection = {
    target: () => undefined,
    published: (how) => void reported.push(how),
  };
  const send = (message: unknown): boolean => {
    hearExports(JSON.parse(JSON.stringify(message)) as object, "2", manager);
    return true;
  };
  const known: ExportConnection = { target: () => target, published: () => expect.unreachable() };
  const telling = tellingExports(known, { send } as unknown as Channel);
  expect(telling.target()).toBe(target);
  telling.published(HOW);
  hearExports({ kind: "alive", missing: [] }, "2", manager);
  expect(reported).toEqual([{ ...HOW, publisher: "2" }]);
});
