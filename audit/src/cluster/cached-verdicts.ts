import { objectMeta, textAt } from "@portcullis/engine";
import type { ObjectVersion, Resource } from "@portcullis/engine/cluster";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { Policies } from "../threads/policy-set.ts";
import { kindDependence } from "./kind-dependence.ts";
import { recall, settled } from "./page-verdict.ts";
import { isExcluded } from "./sweep-run.ts";
import type { AuditedKind, BegunPage, SweepRun } from "./sweep-run.ts";

const PAGE = 100;

/**
 * The verdicts on objects that this process has copied (`--audit-from-cache`): nothing is asked of the API server. In Gatekeeper
 * such an audit expands nothing; here an object has the same verdict, wherever it comes from.
 */
export async function* cachedVerdicts(
  objects: Iterable<PlainObject>,
  policies: Policies,
  run: SweepRun,
): AsyncGenerator<BegunPage> {
  for (const { resource, items } of pagesByKind(objects)) {
    if (run.signal.aborted) return;
    const kind: AuditedKind = { resource, ...kindDependence(resource, policies, run.data) };
    if (kind.dependsOn === "nothing") continue;
    const included = items.filter((item) => !isExcluded(item, kind, run));
    const { recalled, changed } = await recall(included, kind, run);
    yield { page: Promise.resolve(recalled) };
    if (changed.length === 0) continue;
    const submit = (isCareful: boolean) => {
      const texts = changed.map(({ object }) =>
        new TextEncoder().encode(writeJson(object, { escapeHtml: false })),
      );
      return run.pool.submit({ resource, form: "objects", texts, isCareful });
    };
    const { judged } = await submit(false);
    const again = async () => settled((await submit(true)).judged, kind, run);
    yield { page: settled(judged, kind, run, again) };
  }
}

interface CachedObject extends ObjectVersion {
  readonly object: PlainObject;
}

/** Copies come kind after kind. */
function* pagesByKind(
  objects: Iterable<PlainObject>,
): Generator<{ readonly resource: Resource; readonly items: readonly CachedObject[] }> {
  let resource: Resource | undefined;
  let items: CachedObject[] = [];
  for (const object of objects) {
    const { group, version, kind, namespace, name } = objectMeta(object);
    const isSame = resource?.group === group && resource.version === version && resource.kind === kind;
    if (resource && items.length > 0 && (!isSame || items.length >= PAGE)) {
      yield { resource, items };
      items = [];
    }
    // How the API server's paths name the kind matters to nobody here.
    resource =
      isSame && resource ? resource : { group, version, kind, plural: "", namespaced: namespace !== "" };
    items.push({ object, namespace, name, resourceVersion: textAt(object, "metadata", "resourceVersion") });
  }
  if (resource && items.length > 0) yield { resource, items };
}
