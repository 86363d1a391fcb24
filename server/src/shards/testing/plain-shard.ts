// A shard for tests: answers every request with its process id, and counts them.
import { createServer } from "node:http";
import { Counter, Registry } from "prom-client";
import { METRIC_TABLE } from "../../observability/metric-table.ts";
import { countsOf } from "../../processes/merged-metrics.ts";
import { COUNTED_BY_SHARDS } from "../counted.ts";
import { shardEnd } from "../shard-end.ts";

const registry = new Registry();
const { name, help } = METRIC_TABLE.validations;
const answered = new Counter({ name, help, registers: [registry] });
const server = createServer((_request, response) => {
  answered.inc();
  response.end(String(process.pid));
});
const end = shardEnd({
  channel: process,
  missing: () => [],
  onCertificate: () => {},
  onDrain: () => {},
  metrics: async () => countsOf(await registry.getMetricsAsJSON(), COUNTED_BY_SHARDS),
  aliveMs: 50,
});
end.serve(server);
await end.ending;
await end.finish();
process.exit(0);
