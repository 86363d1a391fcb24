import { listAt, objectMeta, textAt } from "@portcullis/engine";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { flagProblems } from "../manager/check-flags.ts";
import { FLAGS_WITHOUT_EFFECT } from "../manager/flags-without-effect.ts";
import { parseGoFlags } from "../manager/go-flags.ts";
import { MANAGER_FLAGS } from "../manager/manager-flags.ts";
import type { ManagerFlags } from "../manager/manager-flags.ts";
import { changed, checkedObject, unsupported } from "./remark.ts";
import type { Checked, Remark, Sourced } from "./remark.ts";

/** Deployments that run Gatekeeper's manager: each of its flags. `callers`: templates that call http.send. */
export function checkDeployments(
  deployments: readonly Sourced[],
  callers: readonly string[],
): readonly Checked[] {
  return deployments.flatMap((deployment) => {
    const containers = listAt(deployment.object, "spec", "template", "spec", "containers");
    const managers = containers.filter(isManager);
    if (managers.length === 0) return [];
    const remarks = managers.flatMap((container) => flagRemarks(container, callers));
    const others = containers.filter((container) => !isManager(container));
    const sidecars = others.map((container) =>
      changed(
        `its container ${textAt(container, "name")} is not the manager: the chart leaves it out`,
        "a reader of exported violations belongs into audit.exportSidecar or admission.exportSidecar, others into a Deployment of their own",
      ),
    );
    return [checkedObject(deployment, [...remarks, ...sidecars])];
  });
}

/** Whether an object runs Gatekeeper's manager. */
export function runsManager(object: PlainObject): boolean {
  const { group, kind } = objectMeta(object);
  const containers = listAt(object, "spec", "template", "spec", "containers");
  return group === "apps" && kind === "Deployment" && containers.some(isManager);
}

function isManager(container: Value): boolean {
  const words = [...listAt(container, "command"), ...listAt(container, "args")].map(String);
  return (
    words.some((word) => /^--?operation=/.test(word)) ||
    /(?:^|\/)gatekeeper(?:[:@]|$)/.test(textAt(container, "image"))
  );
}

function flagRemarks(container: Value, callers: readonly string[]): readonly Remark[] {
  const [program, ...words] = listAt(container, "command").map(String);
  const args = [
    ...(program?.startsWith("-") ? [program] : []),
    ...words,
    ...listAt(container, "args").map(String),
  ];
  const parsed = parseGoFlags(MANAGER_FLAGS, args);
  if (parsed.ok === "help") return [];
  if (!parsed.ok)
    return [unsupported(`its command line cannot be read: ${parsed.error}`, "leave that flag out")];
  const { values, given } = parsed;
  return [
    ...flagProblems(values).map((problem) => unsupported(problem, "correct the value")),
    ...[...given].flatMap((name) => withoutEffect(name as keyof ManagerFlags, values)),
    ...otherBackends(values),
    ...bracedBuiltins(values, callers),
  ];
}

/** Flags that change nothing here, with a value of which something was expected. */
function withoutEffect(name: keyof ManagerFlags, values: ManagerFlags): readonly Remark[] {
  const row = FLAGS_WITHOUT_EFFECT[name];
  // Of backends one may be missed and another be there.
  if (name === "metrics-backend" || row?.misses?.(values[name]) !== true) return [];
  return [changed(`--${name} has no effect: ${row.because}`)];
}

function otherBackends(values: ManagerFlags): readonly Remark[] {
  const others = values["metrics-backend"].filter((backend) => backend !== "prometheus");
  if (others.length === 0) return [];
  return [
    changed(
      `metrics do not go to ${others.join(", ")}: they are read from /metrics, under the same names`,
      "let an OpenTelemetry collector scrape /metrics",
    ),
  ];
}

/** Gatekeeper takes the braces of `{http.send}` for a part of the name, and so disables nothing. */
function bracedBuiltins(values: ManagerFlags, callers: readonly string[]): readonly Remark[] {
  const braced = values["disable-opa-builtin"].filter((name) => /^\{.*\}$/.test(name));
  if (braced.length === 0) return [];
  const message = `--disable-opa-builtin=${braced.join(",")} disables nothing in Gatekeeper, because of the braces; here it does`;
  if (callers.length === 0) return [changed(`${message}. No template that was read calls http.send`)];
  const todo = "set disabledBuiltins: [] and name the hosts in allowNet";
  return [changed(`${message}. http.send is called by ${callers.join(", ")}`, todo)];
}
