import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchRequests } from "./library-folder.ts";
import { libraryPolicies } from "./library-policies.ts";
import { startLoad, type LoadResult } from "./load.ts";
import { startServer, type ServerProcess } from "./server-process.ts";

/** Requests of the test data of about that many bytes, `CREATE` of the same kind each. */
const SIZES = {
  "3 kB": "23-create-service-clusterip",
  "6 kB": "01-create-pod-good",
  "19 kB": "12-create-deployment-big",
};

/** Rounds of load on the two servers in turn: whatever else the machine does falls on both. */
const ROUNDS = 6;
const REQUESTS_A_ROUND = 1_500;
const WARM_UP_ROUNDS = 4;

/**
 * The HTTPS endpoint (TLS 1.3, 8 keep-alive connections) beside a bare handler on the same stack, in one run, request by
 * request: what policies cost on top of what any webhook has to spend.
 */
export async function endpoint(): Promise<void> {
  const requests = benchRequests();
  if (requests.length === 0) {
    console.log("  no test data: skipped");
    return;
  }
  const certificates = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
  const all = requests.map(({ body }) => body);
  const bodiesOf = (name: string): readonly string[] =>
    requests.filter((request) => request.name.startsWith(name)).map(({ body }) => body);
  const runs = [
    ...[1, 10, 50].flatMap((count) =>
      Object.entries(SIZES).map(([size, name]) => ({
        templates: count,
        constraints: count,
        size,
        bodies: bodiesOf(name),
      })),
    ),
    { templates: 36, constraints: 50, size: "3 to 19 kB", bodies: all },
  ];
  let bare: ServerProcess | undefined;
  for (const [templates, constraints] of [
    [1, 1],
    [10, 10],
    [50, 50],
    [36, 50],
  ] as const) {
    const ours = await startServer(
      "server/src/cli/main.ts",
      serveArguments(certificates, templates, constraints),
      {
        caFile: join(certificates, "ca.crt"),
      },
    );
    // The first server has made the certificate that both show.
    bare ??= await startServer("spec-tests/bench/bare-server.ts", [certificates], {
      caFile: join(certificates, "ca.crt"),
    });
    for (const run of runs) {
      if (run.templates !== templates) continue;
      const [resultOfBare, result] = (await inTurn([bare, ours], run.bodies)) as [LoadResult, LoadResult];
      const what = `${templates} template${templates === 1 ? "" : "s"}, ${constraints} constraint${constraints === 1 ? "" : "s"}, ${run.size}`;
      console.log(`  ${what}`);
      tell("bare handler", resultOfBare);
      tell("the webhook", result, resultOfBare);
    }
    await ours.stop();
  }
  await bare?.stop();
}

function serveArguments(certificates: string, templates: number, constraints: number): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-bench-policies-"));
  const policies = libraryPolicies(templates, constraints);
  for (const [part, objects] of Object.entries(policies ?? {})) {
    mkdirSync(join(folder, part));
    for (const [index, object] of objects.entries()) {
      writeFileSync(join(folder, part, `${index}.json`), JSON.stringify(object));
    }
  }
  return [
    "serve",
    "--local",
    folder,
    "--port",
    "0",
    "--cert-dir",
    certificates,
    "--audit-interval",
    "0",
    "--log-denies=false",
  ];
}

/** Loads servers in turn, round by round, after a warm-up; what each took over all rounds. */
async function inTurn(
  servers: readonly ServerProcess[],
  bodies: readonly string[],
): Promise<readonly LoadResult[]> {
  const loads = servers.map((server) => startLoad(server, bodies));
  for (let round = 0; round < WARM_UP_ROUNDS; round++)
    for (const load of loads) await load.run(REQUESTS_A_ROUND);
  for (const load of loads) load.forget();
  for (let round = 0; round < ROUNDS; round++) for (const load of loads) await load.run(REQUESTS_A_ROUND);
  for (const load of loads) load.close();
  return loads.map((load) => load.result());
}

function tell(name: string, result: LoadResult, bare?: LoadResult): void {
  const ratio = bare && result.cpuMicrosPerRequest / bare.cpuMicrosPerRequest;
  console.log(
    `    ${name.padEnd(14)} p50 ${result.p50Ms.toFixed(2)} ms, p99 ${result.p99Ms.toFixed(2)} ms, ` +
      `${result.requestsPerSecond.toFixed(0)} requests/s, CPU ${result.cpuMicrosPerRequest.toFixed(0)} µs a request` +
      (ratio === undefined ? "" : `, ${ratio.toFixed(2)} times the bare handler's`),
  );
}
