import { Agent, request } from "node:https";

/** Where load goes, and how its CPU time is read. */
export interface LoadTarget {
  readonly url: URL;
  /** PEM of the authority of its certificate. */
  readonly ca: string;
  /** Seconds of CPU that it has used so far. */
  cpuSeconds(): number;
}

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicrosPerRequest: number;
}

/** Bodies in turn, over keep-alive connections that last until `close`. */
export interface Load {
  /** Sends that many requests; they are added to the result. */
  run(requests: number): Promise<void>;
  /** Begins the result anew: what was sent so far was the warm-up. */
  forget(): void;
  result(): LoadResult;
  close(): void;
}

export function startLoad(target: LoadTarget, bodies: readonly string[], { connections = 8 } = {}): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca: target.ca });
  const buffers = bodies.map((body) => Buffer.from(body));
  let latencies: number[] = [];
  let seconds = 0;
  let cpuSeconds = 0;
  let next = 0;
  return {
    async run(requests) {
      const end = next + requests;
      const worker = async (): Promise<void> => {
        while (next < end) {
          const body = buffers[next++ % buffers.length] as Buffer;
          const sent = performance.now();
          await post(agent, target.url, body);
          latencies.push(performance.now() - sent);
        }
      };
      const cpu = target.cpuSeconds();
      const started = performance.now();
      await Promise.all(Array.from({ length: connections }, worker));
      seconds += (performance.now() - started) / 1000;
      cpuSeconds += target.cpuSeconds() - cpu;
    },
    forget() {
      latencies = [];
      seconds = 0;
      cpuSeconds = 0;
    },
    result() {
      const sorted = latencies.toSorted((a, b) => a - b);
      const at = (share: number): number =>
        sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
      return {
        requests: sorted.length,
        requestsPerSecond: sorted.length / seconds,
        p50Ms: at(0.5),
        p99Ms: at(0.99),
        cpuMicrosPerRequest: (cpuSeconds * 1e6) / sorted.length,
      };
    },
    close: () => agent.destroy(),
  };
}

/** One POST to `/v1/admit`; resolves with the answer's text. */
export function post(agent: Agent, url: URL, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": body.length };
    const sent = request(new URL("/v1/admit", url), { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
