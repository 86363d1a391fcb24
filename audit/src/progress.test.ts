import { describe, expect, it } from "vitest";
import { Progress } from "./progress.ts";

const at = (clock: { ms: number }) => () => clock.ms;

describe("the progress of a sweep", () => {
  it("knows nothing of a source that knows no kinds", () => {
    const clock = { ms: 0 };
    const progress = new Progress(new Map(), at(clock));
    clock.ms = 1500;
    expect(progress.now()).toEqual({ kindsDone: 0, kinds: 0, objects: 0, secondsElapsed: 1.5 });
  });

  it("expects of kinds that it has not met as many objects as of the others", () => {
    const clock = { ms: 0 };
    const progress = new Progress(new Map(), at(clock));
    progress.kinds(["Pod", "Service", "Job"]);
    expect(progress.now()).toMatchObject({ kinds: 3, kind: "Pod", objects: 0 });
    progress.read("Pod", 100, 300);
    clock.ms = 1000;
    expect(progress.now()).toMatchObject({
      kindsDone: 0,
      kind: "Pod",
      objects: 100,
      objectsExpected: 1200,
      secondsLeft: 11,
    });
    progress.read("Pod", 300, 0);
    progress.finished("Pod");
    progress.finished("Service");
    expect(progress.now()).toMatchObject({ kindsDone: 2, kind: "Job", objects: 400, objectsExpected: 600 });
  });

  it("expects what the last run met, and ends with everything done", () => {
    const clock = { ms: 0 };
    const progress = new Progress(
      new Map([
        ["Pod", 50],
        ["Service", 150],
      ]),
      at(clock),
    );
    progress.kinds(["Pod", "Service"]);
    progress.read("Pod", 80);
    progress.finished("Pod");
    clock.ms = 800;
    expect(progress.now()).toMatchObject({ objectsExpected: 230, share: 80 / 230 });
    progress.read("Service", 10);
    progress.finished("Service");
    expect(progress.now()).toMatchObject({ kindsDone: 2, objectsExpected: 90, share: 1, secondsLeft: 0 });
    expect(progress.sizes()).toEqual(
      new Map([
        ["Pod", 80],
        ["Service", 10],
      ]),
    );
  });

  it("is at its end where there is nothing to read", () => {
    const progress = new Progress();
    progress.kinds(["Pod"]);
    progress.finished("Pod");
    expect(progress.now()).toMatchObject({ kindsDone: 1, objects: 0, share: 1 });
  });
});
