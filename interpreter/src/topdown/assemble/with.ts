import type { Replacement, WithChange, WithStep } from "../../plan/plan.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { isObject } from "../../value/kind.ts";
import { replaceAt } from "../documents.ts";
import type { Frame, Machine, Mock, World } from "../machine.ts";
import type { Tracer } from "../tracer.ts";
import type { Seen } from "../unifications.ts";
import { FOUND, type Assembler, type Run } from "./assembler.ts";

/**
 * Assembles an expression under `with`. All values are read first, under the old documents; the expression runs under
 * the changed ones, with caches of its own; what follows runs under the old ones again, however often.
 */
export function assembleWith(step: WithStep, rest: Run | undefined, assembler: Assembler): Run {
  const { machine } = assembler;
  const { tracer } = assembler;
  const changes = step.changes.map((change) => assembleChange(change, assembler));
  const apply = (frame: Frame): World | undefined => {
    const edits: ((machine: Machine) => void)[] = [];
    for (const change of changes) {
      const edit = change(frame);
      if (!edit) return undefined;
      edits.push(edit);
    }
    const world = machine.save();
    machine.cache = machine.freshCache();
    for (const edit of edits) edit(machine);
    return world;
  };
  if (!rest) {
    const test = assembler.steps(step.steps, FOUND);
    return (frame) => {
      const world = apply(frame);
      if (!world) return false;
      const result = test(frame);
      if (tracer) tracer.changed = machine.cache;
      machine.restore(world);
      return result;
    };
  }
  // Slots are out of reach here: the worlds to go back to are kept on a stack of the step's own.
  const outer: World[] = [];
  const run = assembler.steps(step.steps, (frame) => {
    const inner = machine.save();
    machine.restore(outer.at(-1) as World);
    const result = rest(frame);
    // Observers see that OPA remembers nothing of what it comes back to.
    machine.restore(tracer ? { ...inner, cache: machine.freshCache() } : inner);
    return result;
  });
  return (frame) => {
    const world = apply(frame);
    if (!world) return false;
    outer.push(world);
    try {
      return run(frame);
    } finally {
      outer.pop();
      if (tracer) tracer.changed = machine.cache;
      machine.restore(world);
    }
  };
}

type Change = (frame: Frame) => ((machine: Machine) => void) | undefined;

function assembleChange(change: WithChange, assembler: Assembler): Change {
  if (change.on === "function") {
    const { name } = change;
    const mock = assembleReplacement(change.by, assembler);
    return (frame) => {
      const by = mock(frame);
      return by && ((machine) => (machine.mocks = new Map([...(machine.mocks ?? []), [name, by]])));
    };
  }
  const value = assembler.operand(change.value);
  const { path } = change;
  if (change.on === "input") {
    return (frame) => {
      const given = value(frame);
      return given === undefined
        ? undefined
        : (machine) => (machine.input = replaceAt(machine.input, path, given));
    };
  }
  return (frame) => {
    const given = value(frame);
    if (given === undefined) return undefined;
    return (machine) => {
      const root = replaceAt(machine.data, path, given);
      machine.data = isObject(root) ? (root as PlainObject) : {};
      machine.masks = [...(machine.masks ?? []), path];
    };
  };
}

function assembleReplacement(by: Replacement, assembler: Assembler): (frame: Frame) => Mock | undefined {
  const { machine } = assembler;
  switch (by.kind) {
    case "value": {
      const value = assembler.operand(by.value);
      return (frame) => {
        const given = value(frame);
        return given === undefined ? undefined : { kind: "value", value: given };
      };
    }
    case "document": {
      const value = assembler.operand(by.value);
      const read = assembler.steps(by.steps, FOUND);
      const solve = assembler.tracer && assembleDocument(by, assembler.tracer, assembler);
      return (frame) => ({
        kind: "document",
        read: () => (read(frame) ? value(frame) : undefined),
        ...(solve && { solve: (found, asked) => solve(frame, found, asked) }),
      });
    }
    case "rule": {
      const unit = assembler.rule(by.rule);
      const mock: Mock = { kind: "call", call: (args) => unit.call(args), unit };
      return () => mock;
    }
    case "builtin": {
      const row = assembler.builtins.get(by.name);
      const span = { source: 0, start: 0, end: 0, row: 0, col: 0 };
      const mock: Mock = {
        kind: "call",
        call: (args) => (row ? machine.callBuiltin(row, args, machine.scope.span ?? span) : undefined),
      };
      return () => mock;
    }
  }
}

type Found = (value: Value) => boolean;

/** A document in the place of a function, for observers. */
function assembleDocument(
  { steps, value, told }: Replacement & { kind: "document" },
  { unifications }: Tracer,
  assembler: Assembler,
): (frame: Frame, found: Found, asked: Seen | undefined) => boolean {
  const read = assembler.operand(value);
  // The latest call is the one whose value is being read: calls within what follows have ended by then.
  const calls: Found[] = [];
  const run = assembler.steps(steps, (frame) => {
    const given = read(frame);
    return given !== undefined && calls.at(-1)?.(given) === true;
  });
  return (frame, found, asked) => {
    const tell = (seen: Seen): void => {
      if (asked) unifications?.tell(seen, asked, frame);
    };
    if (asked && told) unifications?.tell(asked, { kind: "text", form: { ...told, frame } }, frame);
    calls.push((given) => {
      tell({ kind: "value", value: given });
      return found(given);
    });
    try {
      return run(frame);
    } finally {
      calls.pop();
    }
  };
}

/** The result of a replaced function. The replacement itself runs without any replacement, or it could call itself. */
export function callMock(
  machine: Machine,
  mock: Mock,
  args: readonly Value[],
  bare: boolean | undefined,
): Value | undefined {
  if (mock.kind === "value") return mock.value;
  // As in OPA, which unifies the document with the call's output: where there is none, it is not even read.
  if (mock.kind === "document") return bare ? true : mock.read();
  const world = machine.save();
  machine.mocks = undefined;
  machine.cache = machine.freshCache();
  const result = mock.call(args);
  machine.restore(world);
  return result;
}

/** As {@link callMock}, with what follows the value inside of the replacing rule, where there is one; true to stop. */
export function solveMock(
  machine: Machine,
  mock: Mock,
  args: readonly Value[],
  bare: boolean | undefined,
  found: (value: Value) => boolean,
  asked?: Seen,
): boolean {
  if (mock.kind === "document" && mock.solve && !bare) return mock.solve(found, asked);
  if (mock.kind !== "call" || !mock.unit) {
    const value = callMock(machine, mock, args, bare);
    return value !== undefined && found(value);
  }
  const world = machine.save();
  machine.mocks = undefined;
  machine.cache = machine.freshCache();
  const stop = mock.unit.solve(
    args,
    (value) => {
      const inner = machine.save();
      machine.restore(world);
      const result = found(value);
      machine.restore(inner);
      return result;
    },
    bare,
    asked,
  );
  machine.restore(world);
  return stop;
}
