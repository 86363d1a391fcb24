import { evalWithAnswers, quoteText } from "@portcullis/interpreter";
import type {
  AnswerHostCall,
  BudgetLimits,
  HostAnswers,
  PlainObject,
  Value,
  Waiting,
} from "@portcullis/interpreter";
import type {
  Client,
  ConstraintInfo,
  Dependence,
  InventoryRead,
  Reviewer,
  Revisions,
  TemplateInfo,
} from "./client.ts";
import { prepareConstraint } from "./constraints/constraint.ts";
import type { Constraint } from "./constraints/constraint.ts";
import { ConstraintRegistry } from "./constraints/registry.ts";
import { scopedListFault } from "./constraints/enforcement-action.ts";
import { constraintMetaFault, validateConstraint } from "./constraints/validate.ts";
import type { CompiledTemplate, Driver } from "./drivers/driver.ts";
import { DONE, refuse } from "./errors.ts";
import type { EngineError, Outcome } from "./errors.ts";
import { Inventory } from "./inventory/inventory.ts";
import type { GroupVersionKind } from "./inventory/sync-selection.ts";
import { isPlainObject, objectMeta } from "./kubernetes/object-meta.ts";
import { judgeKind } from "./judge.ts";
import type { Asked } from "./judge.ts";
import { Explanation } from "./reviews/explanation.ts";
import type {
  EnforcementPoint,
  Response,
  Result,
  Review,
  ReviewOptions,
  TemplateStats,
} from "./reviews/review.ts";
import { sortResults } from "./reviews/sort.ts";
import { reviewInput } from "./target/review-input.ts";
import { admitTemplate, decodeTemplate } from "./templates/decode.ts";
import { decodeSource } from "./templates/source.ts";
import { TARGET } from "./templates/template.ts";
import type { Template } from "./templates/template.ts";

export interface EngineParts {
  readonly driver: Driver;
  /** False keeps the inventory from templates. */
  readonly referentialRules: boolean;
  /** For the time limit of a review. */
  readonly nowNs: () => bigint;
  /** Answers calls of the world outside. Without it they fail. */
  readonly hostCall?: AnswerHostCall | undefined;
}

interface LoadedTemplate {
  readonly template: Template;
  readonly compiled: CompiledTemplate;
  readonly revision: number;
}

/** The constraints of one kind that are asked. */
interface AskedKind {
  readonly kind: string;
  /** The name of their template. */
  readonly template: string;
  readonly asked: readonly Asked[];
}

const NO_DATA: PlainObject = Object.freeze({ inventory: Object.freeze({}) });

/** The constraint framework over one driver. */
export class Engine implements Client {
  readonly #driver: Driver;
  readonly #referentialRules: boolean;
  readonly #nowNs: () => bigint;
  readonly #hostCall: AnswerHostCall | undefined;
  readonly #templates = new Map<string, LoadedTemplate>();
  readonly #constraints = new ConstraintRegistry();
  readonly #inventory = new Inventory();
  /** By lists of constraints, which the registry keeps until one changes, and by enforcement point. */
  readonly #askedOf = new WeakMap<readonly Constraint[], Map<EnforcementPoint, readonly AskedKind[]>>();
  #policyRevision = 0;

  constructor({ driver, referentialRules, nowNs, hostCall }: EngineParts) {
    this.#driver = driver;
    this.#referentialRules = referentialRules;
    this.#nowNs = nowNs;
    this.#hostCall = hostCall;
  }

  addTemplate(object: PlainObject): Outcome {
    const shape = decodeTemplate(object, this.#isInUse(object));
    if (!shape.ok) return shape;
    const source = decodeSource(object);
    if (!source.ok) return source;
    const template: Template = { ...shape.value, source: source.value };
    const before = this.#templates.get(template.name);
    const compiled = this.#compile(template, before);
    if (!compiled.ok) return compiled;
    const revision = ++this.#policyRevision;
    this.#templates.set(template.name, { template, compiled: compiled.value, revision });
    if (before) this.#followTemplate(before.template, template, revision);
    return DONE;
  }

  #isInUse(template: PlainObject): boolean {
    const loaded = this.#templates.get(objectMeta(template).name.toLowerCase());
    return loaded !== undefined && this.#constraints.list(loaded.template.kind).length > 0;
  }

  /** The same Rego is not compiled twice: many updates of a template touch only its labels or status. */
  #compile(template: Template, before: LoadedTemplate | undefined): Outcome<CompiledTemplate> {
    const same = before?.template.kind === template.kind && isSameSource(before.template, template);
    if (before && same) return { ok: true, value: before.compiled };
    return this.#driver.compile(template.kind, template.source);
  }

  /** Constraints get the defaults of the new schema; those of another kind go. */
  #followTemplate(before: Template, after: Template, revision: number): void {
    if (before.kind !== after.kind) this.#constraints.removeKind(before.kind);
    for (const constraint of this.#constraints.list(after.kind)) {
      this.#constraints.put(prepareConstraint(constraint.given, after, revision));
    }
  }

  removeTemplate(given: string): void {
    const name = given.toLowerCase();
    const loaded = this.#templates.get(name);
    if (!loaded) return;
    this.#templates.delete(name);
    this.#constraints.removeKind(loaded.template.kind);
    this.#policyRevision++;
  }

  compileTemplate(object: PlainObject): Outcome {
    const shape = decodeTemplate(object, this.#isInUse(object));
    if (!shape.ok) return shape;
    const source = decodeSource(object);
    if (!source.ok) return source;
    const compiled = this.#driver.compile(shape.value.kind, source.value);
    return compiled.ok ? DONE : compiled;
  }

  validateTemplate(object: PlainObject): Outcome {
    return admitTemplate(object);
  }

  addConstraint(object: PlainObject): Outcome {
    const template = this.#templateOf(object);
    if (!template.ok) return template;
    const valid = validateConstraint(object, template.value);
    if (!valid.ok) return valid;
    const scoped = scopedListFault(object);
    if (scoped !== undefined) return refuse("invalid_constraint", scoped);
    this.#constraints.put(prepareConstraint(object, template.value, ++this.#policyRevision));
    return DONE;
  }

  removeConstraint(kind: string, name: string): void {
    if (this.#constraints.remove(kind, name)) this.#policyRevision++;
  }

  validateConstraint(object: PlainObject): Outcome {
    const template = this.#templateOf(object);
    return template.ok ? validateConstraint(object, template.value) : template;
  }

  #templateOf(constraint: PlainObject): Outcome<Template> {
    const fault = constraintMetaFault(constraint);
    if (fault !== undefined) return refuse("invalid_constraint", fault);
    const name = objectMeta(constraint).kind.toLowerCase();
    const loaded = this.#templates.get(name);
    if (loaded) return { ok: true, value: loaded.template };
    return refuse("unknown_template", `missing ConstraintTemplate: template ${quoteText(name)} not found`);
  }

  addData(object: PlainObject): Outcome {
    return this.#inventory.put(object);
  }

  removeData(object: PlainObject): void {
    this.#inventory.remove(object);
  }

  wipeData(kind?: GroupVersionKind): void {
    this.#inventory.wipe(kind);
  }

  review(review: Review, options: ReviewOptions): Response {
    return this.#review(review, options, this.#nowNs(), undefined);
  }

  settle<T>(work: (reviewer: Reviewer) => T, signal?: Waiting): Promise<T> {
    const start = this.#nowNs();
    const attempt = (answers: HostAnswers): T =>
      work({ review: (review, options) => this.#review(review, options, start, answers) });
    return this.#hostCall
      ? evalWithAnswers(attempt, [], this.#hostCall, signal)
      : Promise.resolve(work(this));
  }

  #review(review: Review, options: ReviewOptions, start: bigint, answers: HostAnswers | undefined): Response {
    const input = reviewInput(review, (name) => this.#namespace(name));
    if (!input.ok) return { results: [], errors: [input.error] };
    const { timeoutMs } = options;
    const deadline = timeoutMs === undefined ? undefined : start + BigInt(Math.ceil(timeoutMs * 1e6));
    const court = {
      input: input.value,
      data: this.#referentialRules ? this.#inventory.snapshot().root : NO_DATA,
      budget: budgetOf(options, deadline),
      isLate: () => deadline !== undefined && this.#nowNs() >= deadline,
      answers,
      trace: options.trace ? [] : undefined,
      explanation: options.explain && new Explanation(options.explain),
      observer: options.observer,
    };
    const stats: TemplateStats[] | undefined = options.stats ? [] : undefined;
    const verdicts: { readonly results: Result[]; readonly errors: EngineError[] } = {
      results: [],
      errors: [],
    };
    for (const { template, kind, asked } of this.#asked(court.input.candidates, options)) {
      const loaded = this.#templates.get(template);
      if (!loaded) continue;
      if (isLeftOut(loaded.template, court.input.operation, options)) {
        for (const { constraint } of asked)
          court.explanation?.add(constraint.ref, `not asked: ${operationsOf(loaded.template)}`);
        continue;
      }
      const start = stats ? this.#nowNs() : 0n;
      judgeKind(loaded.compiled, asked, court, verdicts);
      stats?.push({ kind, nanoseconds: Number(this.#nowNs() - start), constraints: asked.length });
    }
    return {
      results: sortResults(verdicts.results),
      errors: verdicts.errors,
      ...(court.trace && { trace: court.trace.join("\n") }),
      ...(court.explanation && { explanation: this.#explained(court.explanation, options) }),
      ...(stats && { stats }),
    };
  }

  /** Adds the constraints that were not asked at all: whoever wonders why nothing was denied looks for one of them. */
  #explained(explanation: Explanation, { enforcementPoint }: ReviewOptions): string {
    for (const { ref, enforcement } of this.#constraints.list()) {
      if (explanation.has(ref)) continue;
      const isSilent = enforcement.actionsAt(enforcementPoint).length === 0;
      const silent = `not asked: it has no action for ${enforcementPoint}`;
      explanation.add(ref, isSilent ? silent : "does not match by spec.match.kinds");
    }
    return explanation.text();
  }

  /** The constraints that have something to say at the enforcement point, by kind. */
  #asked(
    candidates: Parameters<ConstraintRegistry["forObjects"]>[0],
    options: Pick<ReviewOptions, "enforcementPoint">,
  ): readonly AskedKind[] {
    const constraints = this.#constraints.forObjects(candidates);
    let byPoint = this.#askedOf.get(constraints);
    if (!byPoint) this.#askedOf.set(constraints, (byPoint = new Map()));
    let asked = byPoint.get(options.enforcementPoint);
    if (!asked)
      byPoint.set(options.enforcementPoint, (asked = askedAt(options.enforcementPoint, constraints)));
    return asked;
  }

  #namespace(name: string): PlainObject | undefined {
    const found = this.#inventory.read(["cluster", "v1", "Namespace", name]);
    return isPlainObject(found) ? found : undefined;
  }

  templates(): readonly TemplateInfo[] {
    return [...this.#templates.keys()].sort().map((name) => {
      const { template, compiled, revision } = this.#templates.get(name) as LoadedTemplate;
      const { kind, object, crd, operations } = template;
      const { hints, dependsOn } = compiled;
      const coverable = () => compiled.coverable();
      return { name, kind, object, crd, operations, hints, dependsOn, revision, coverable };
    });
  }

  constraints(kind?: string): readonly ConstraintInfo[] {
    return this.#constraints.list(kind).map(({ ref, enforcement, revision }) => ({
      ...ref,
      enforcementAction: enforcement.action,
      revision,
    }));
  }

  dependence(
    { group, kind }: { readonly group: string; readonly kind: string },
    enforcementPoint: EnforcementPoint,
  ): Dependence | "nothing" {
    let most: Dependence | "nothing" = "nothing";
    for (const { dependsOn } of this.#judging(group, kind, enforcementPoint)) {
      if (DEPENDENCES.indexOf(dependsOn) > DEPENDENCES.indexOf(most)) most = dependsOn;
    }
    return most;
  }

  inventoryReads(
    { group, kind }: { readonly group: string; readonly kind: string },
    enforcementPoint: EnforcementPoint,
  ): readonly InventoryRead[] {
    const templates = this.#judging(group, kind, enforcementPoint);
    return [...new Set([...templates].flatMap(({ reads }) => reads))];
  }

  /** The templates with constraints that can match a kind, once for each. */
  *#judging(group: string, kind: string, enforcementPoint: EnforcementPoint): Generator<CompiledTemplate> {
    for (const constraint of this.#constraints.forKind(group, kind)) {
      if (constraint.enforcement.actionsAt(enforcementPoint).length === 0) continue;
      const found = this.#templates.get(constraint.ref.kind.toLowerCase());
      if (found) yield found.compiled;
    }
  }

  inventory(): PlainObject {
    return this.#inventory.snapshot().root["inventory"] as PlainObject;
  }

  revisions(): Revisions {
    return { policy: this.#policyRevision, data: this.#inventory.revision };
  }

  dump(): PlainObject {
    const modules: Record<string, Value> = {};
    for (const { template, compiled } of this.#templates.values())
      modules[template.kind] = { ...compiled.modules };
    const constraints: Record<string, Record<string, Value>> = {};
    for (const { ref, parameters } of this.#constraints.list()) {
      (constraints[ref.kind] ??= {})[ref.name] = parameters;
    }
    return { [TARGET]: { modules, data: { constraints, ...this.#inventory.snapshot().root } } };
  }
}

function askedAt(point: EnforcementPoint, constraints: readonly Constraint[]): readonly AskedKind[] {
  const byKind = new Map<string, Asked[]>();
  for (const constraint of constraints) {
    const actions = constraint.enforcement.actionsAt(point);
    if (actions.length === 0) continue;
    const { kind } = constraint.ref;
    const asked = byKind.get(kind);
    if (asked) asked.push({ constraint, actions });
    else byKind.set(kind, [{ constraint, actions }]);
  }
  return [...byKind].map(([kind, asked]) => ({ kind, template: kind.toLowerCase(), asked }));
}

/** From little to much. */
const DEPENDENCES: readonly (Dependence | "nothing")[] = ["nothing", "object", "inventory", "world"];

function isSameSource(a: Template, b: Template): boolean {
  return JSON.stringify(a.source) === JSON.stringify(b.source);
}

function operationsOf({ operations }: Template): string {
  return `its template is for ${operations.join(", ")} alone`;
}

/** A template can name the operations it is for; the webhook alone goes by that. */
function isLeftOut(template: Template, operation: string, options: ReviewOptions): boolean {
  const { operations } = template;
  return options.honourOperations === true && operations.length > 0 && !operations.includes(operation);
}

function budgetOf(
  { timeoutMs, constraintTimeoutMs, memory }: ReviewOptions,
  deadline: bigint | undefined,
): BudgetLimits | undefined {
  const milliseconds = timeoutMs ?? constraintTimeoutMs;
  if (milliseconds === undefined) return memory;
  return { ...memory, milliseconds, ...(deadline !== undefined && { deadline }) };
}
