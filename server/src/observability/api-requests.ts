import type { KubeApi } from "@portcullis/engine/cluster";
import { Counter } from "prom-client";
import type { Registry } from "prom-client";

export const API_REQUESTS = "portcullis_kube_api_requests_total";

/** Shows how many HTTP requests this process has sent to the API server: repetitions and watches count. */
export function countApiRequests(registry: Registry, api: Pick<KubeApi, "requests">): void {
  let shown = 0;
  const counter = new Counter({
    name: API_REQUESTS,
    help: "HTTP requests to the API server, repeated ones and watches among them",
    registers: [registry],
    collect() {
      const sent = api.requests;
      counter.inc(sent - shown);
      shown = sent;
    },
  });
}
