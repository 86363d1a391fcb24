import { getOwn, quoteText } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { DONE, refuse } from "../errors.ts";
import type { Outcome } from "../errors.ts";
import { listAt, objectAt, textAt } from "../kubernetes/object-meta.ts";

const ACTIONS: ReadonlySet<string> = new Set(["deny", "dryrun", "warn"]);
const SCOPED = "scoped";
const POINTS = ["validation.gatekeeper.sh", "audit.gatekeeper.sh", "gator.gatekeeper.sh", "vap.k8s.io"];

/** What a constraint does with a violation. */
export interface Enforcement {
  /** `spec.enforcementAction`; `deny` where it is absent or empty. May be `scoped`, or a word nobody knows. */
  readonly action: string;
  /** The actions at one enforcement point, sorted, each once. Empty: the constraint is not evaluated there. */
  actionsAt(point: string): readonly string[];
}

/**
 * Reads the enforcement action of a constraint. The empty action means deny, as Gatekeeper's documentation says; there a
 * constraint with `enforcementAction: ""` is evaluated and its violations are dropped, which protects nobody.
 */
export function enforcementOf(constraint: PlainObject): Enforcement {
  const written = textAt(constraint, "spec", "enforcementAction");
  const action = written === "" ? "deny" : written;
  if (action !== SCOPED) {
    const everywhere = [action];
    return { action, actionsAt: () => everywhere };
  }
  const scoped = scopedActions(constraint);
  const known = new Map<string, readonly string[]>();
  return {
    action,
    actionsAt(point) {
      let actions = known.get(point);
      if (!actions) {
        const here = scoped.filter((entry) => entry.points.includes("*") || entry.points.includes(point));
        actions = [...new Set(here.map((entry) => entry.action))].sort();
        known.set(point, actions);
      }
      return actions;
    },
  };
}

interface ScopedAction {
  readonly action: string;
  readonly points: readonly string[];
}

function scopedActions(constraint: PlainObject): readonly ScopedAction[] {
  return listAt(constraint, "spec", "scopedEnforcementActions").map((entry) => ({
    action: textAt(entry, "action"),
    points: listAt(entry, "enforcementPoints").map((point) => textAt(point, "name")),
  }));
}

/** `scoped` needs a list of scoped actions: without one a constraint is not loaded. */
export function scopedListFault(constraint: PlainObject): string | undefined {
  const spec = objectAt(constraint, "spec");
  if (textAt(spec, "enforcementAction") !== SCOPED) return undefined;
  if (spec && getOwn(spec, "scopedEnforcementActions") !== undefined) return undefined;
  return "missing required field: spec.scopedEnforcementActions must be defined";
}

/**
 * Checks that a constraint's actions and enforcement points are known ones: what the webhook and the constraint controller
 * refuse (contract 4.4). The engine itself takes any action.
 */
export function validateEnforcementActions(constraint: PlainObject): Outcome {
  const action = textAt(constraint, "spec", "enforcementAction");
  if (action === SCOPED) return validateScoped(constraint);
  if (action === "" || ACTIONS.has(action)) return DONE;
  const supported = "[deny dryrun warn scoped]";
  return refuse(
    "invalid_constraint",
    `unrecognized enforcementAction: ${quoteText(action)} is not within the supported list ${supported}`,
  );
}

function validateScoped(constraint: PlainObject): Outcome {
  const spec = objectAt(constraint, "spec");
  if (!spec || getOwn(spec, "scopedEnforcementActions") === undefined) {
    const missing = "error fetching scopedEnforcementActions: scopedEnforcementActions is required";
    return refuse("invalid_constraint", missing);
  }
  const entries = scopedActions(constraint);
  const points = entries.flatMap((entry) => (entry.points.length === 0 ? [""] : entry.points));
  const strange = points.filter((point) => point !== "*" && !POINTS.includes(point));
  const unknown = entries.map((entry) => entry.action).filter((action) => !ACTIONS.has(action));
  const faults: string[] = [];
  if (strange.length > 0) {
    faults.push(
      `unrecognized enforcement points: constraint will not be enforced for enforcement points [${strange.join(" ")}], ` +
        `supported enforcement points are [${POINTS.join(" ")}]`,
    );
  }
  if (unknown.length > 0) {
    const list = unknown.join(" ");
    faults.push(
      `unrecognized enforcementAction: [${list}] is not within the supported list [deny dryrun warn]`,
    );
  }
  return faults.length === 0 ? DONE : refuse("invalid_constraint", faults.join("\n"));
}
