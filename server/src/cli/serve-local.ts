import { auditLog, auditMetrics, AuditWorker, History, reportJson, reportTable } from "@portcullis/audit";
import type { AuditListener, ReportSummary } from "@portcullis/audit";
import type { FileProblem } from "@portcullis/engine/files";
import { buildApp, buildHealthApp } from "../app.ts";
import type { AdmissionOptions } from "../admission/policies.ts";
import { ServingSlots } from "../admission/slots.ts";
import { cacheFolder, servingCertificate } from "../certificates/certificate-folder.ts";
import { curlLine, findExamples } from "../local/curl-examples.ts";
import { trackerAlone } from "../routes/health.ts";
import { closeApp, listen } from "../listening.ts";
import { watchFolder } from "../local/watch-folder.ts";
import { jsonLog, plainLog } from "../observability/log.ts";
import type { Log } from "../observability/log.ts";
import { printable } from "../observability/printable.ts";
import { terminalWidth } from "./audit-once.ts";
import { localSetup, problemJson, ProblemReporter, requireFolder, REVIEW_TIMEOUT_MS } from "./local-setup.ts";
import type { LocalSetup } from "./local-setup.ts";
import { stopSignal } from "../stop-signal.ts";
import type { ServeOptions } from "./serve-options.ts";

/** Serves, audits and watches a folder until SIGINT or SIGTERM. Answers the exit code. */
export async function serveLocal(options: ServeOptions): Promise<number> {
  await requireFolder(options.local);
  // With JSON on stdout everything meant for people goes to stderr.
  const stdout = options.format === "json" ? process.stderr : process.stdout;
  const say: Say = (text) => void stdout.write(`${printable(text)}\n`);
  const stopping = stopSignal();
  const opened: Closer[] = [];
  try {
    await start(options, say, opened);
    say("stop with Ctrl-C");
    const signal = await stopping;
    say(`${signal}: answering the requests in flight, then stopping`);
  } finally {
    await Promise.all(opened.map((close) => close()));
  }
  return 0;
}

type Say = (text: string) => void;
type Closer = () => Promise<void>;

/** Starts everything, in the order in which one needs the other; `opened` gets what must be closed again. */
async function start(options: ServeOptions, say: Say, opened: Closer[]): Promise<void> {
  const log =
    options.logFormat === "json"
      ? jsonLog(process.stderr, options.logLevel)
      : plainLog((line) => void process.stderr.write(line));
  const setup = await localSetup(options, (line) => log.info(line));
  const { policies, metrics } = setup;
  const certificate = await servingCertificate(options.certDir ?? cacheFolder(process.env), {
    hosts: certificateHosts(options.host),
    now: new Date(),
  });
  if (options.healthAddr) {
    const healthApp = buildHealthApp({ checks: trackerAlone(policies.missing), metrics: metrics.registry });
    opened.push(() => closeApp(healthApp));
    say(`health and metrics on ${await listen(healthApp, options.healthAddr, "http")}`);
  }

  // Nothing is decided before the policies are there: until then a connection is refused.
  const reporter = new ProblemReporter((text) => void process.stderr.write(printable(text)));
  let problems: readonly FileProblem[] = [];
  const watch = await watchFolder(options.local, (read) => {
    const update = policies.apply(read);
    for (const change of update.changes) say(`${options.local}: ${change}`);
    problems = update.problems;
    reporter.report(problems);
  });
  opened.push(() => watch.stop());

  const admission = admissionOptions(options);
  const app = buildApp({
    policies,
    log,
    metrics,
    readiness: policies.missing,
    options: admission,
    maxServingThreads: options.maxServingThreads,
    tls: { ...certificate, minVersion: TLS_VERSIONS[options.tlsMinVersion] },
  });
  opened.push(() => closeApp(app));
  const url = await listen(app, { host: options.host, port: options.port }, "https");
  const made = certificate.made === "nothing" ? "reused" : `new ${certificate.made}`;
  say(`serving on ${url}/v1/admit`);
  say(`  certificate: ${made}; CA: ${certificate.caFile ?? "not known"}`);
  await sayExamples({ say, url, caFile: certificate.caFile, setup, admission });
  if (options.auditInterval > 0) startAudit(options, setup, () => problems, log, opened);
}

const TLS_VERSIONS = { "1.0": "TLSv1", "1.1": "TLSv1.1", "1.2": "TLSv1.2", "1.3": "TLSv1.3" } as const;

/** Audits now and then every interval; results go to stdout. */
function startAudit(
  options: ServeOptions,
  setup: LocalSetup,
  problems: () => readonly FileProblem[],
  log: Log,
  opened: Closer[],
): void {
  const history = new History();
  const summary = (): ReportSummary | undefined => history.summary;
  const print: AuditListener = {
    finished(_, report) {
      const text =
        options.format === "json"
          ? reportJson(report, problems().map(problemJson))
          : reportTable(report, history.changes, terminalWidth());
      process.stdout.write(`${text}\n`);
    },
  };
  // The table says the same to people.
  const logged = options.logFormat === "json" ? [auditLog(log)] : [];
  const worker = new AuditWorker({
    prepare: setup.sweepDeps,
    listeners: [history, ...logged, auditMetrics({ registry: setup.metrics.registry, summary }), print],
    onError: (error) => log.error("the audit failed", { error: String(error) }),
    intervalSeconds: options.auditInterval,
  });
  opened.push(() => worker.stop());
  void worker.runNow();
  worker.start();
}

function admissionOptions(options: ServeOptions): AdmissionOptions {
  return {
    logDenies: options.logDenies,
    disableEnforcementActionValidation: options.disableEnforcementactionValidation,
    exemptNamespaces: options.exemptNamespace,
    exemptNamespacePrefixes: options.exemptNamespacePrefix,
    exemptNamespaceSuffixes: options.exemptNamespaceSuffix,
    reviewTimeoutMs: REVIEW_TIMEOUT_MS,
  };
}

function certificateHosts(host: string): readonly string[] {
  const own = ["localhost", "127.0.0.1", "::1", "gatekeeper-webhook-service.gatekeeper-system.svc"];
  const isEverywhere = host === "" || host === "0.0.0.0" || host === "::";
  return isEverywhere || own.includes(host) ? own : [...own, host];
}

interface SayExamples {
  readonly say: Say;
  readonly url: string;
  readonly caFile: string | undefined;
  readonly setup: LocalSetup;
  readonly admission: AdmissionOptions;
}

async function sayExamples({ say, url, caFile, setup, admission }: SayExamples): Promise<void> {
  const objects = setup.policies.objects().map((manifest) => manifest.object);
  const examples = await findExamples(objects, {
    policies: setup.policies,
    options: admission,
    slots: new ServingSlots(1),
    traces: { trace: () => {}, dump: () => {} },
  });
  for (const outcome of ["allowed", "denied"] as const) {
    const example = examples.find((each) => each.outcome === outcome);
    if (!example) say(`no object of the folder is ${outcome}: no example of that`);
    else say(`try (${example.object}: ${outcome}):\n  ${curlLine(example, url, caFile)}`);
  }
}
