// A primary process for tests: shards behind a port, which it prints with their process ids.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { startShards } from "../supervisor.ts";

const pids: (number | undefined)[] = [];
const shards = startShards({
  count: 2,
  start() {
    const child = fork(join(import.meta.dirname, "plain-shard.ts"));
    pids.push(child.pid);
    return child;
  },
  log: { debug: () => {}, info: () => {}, error: () => {} },
  hangMs: 60_000,
});
const server = createServer({ pauseOnConnect: true }, (socket) => shards.give(socket));
server.listen(0, "127.0.0.1");
await once(server, "listening");
while (shards.missing().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
console.log(JSON.stringify({ port: (server.address() as AddressInfo).port, pids }));
