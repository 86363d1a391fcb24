import type { TestProcess } from "./processes.ts";

/** A Node process that was started with `--inspect=127.0.0.1:0`. */
export interface Inspected {
  /** Bytes in use on the heap right after a full garbage collection. */
  heapInUse(): Promise<number>;
  close(): void;
}

interface Reply {
  readonly id?: number;
  readonly result?: { readonly usedSize?: number };
  readonly error?: { readonly message: string };
}

/** Connects to the inspector that the process has named in its output. */
export async function inspect(process: TestProcess): Promise<Inspected> {
  const url = /Debugger listening on (ws:\/\/\S+)/.exec(process.output())?.[1];
  if (url === undefined) throw new Error(`${process.name} names no inspector`);
  const socket = new WebSocket(url);
  const waiting = new Map<number, PromiseWithResolvers<Reply>>();
  let last = 0;
  socket.addEventListener("message", ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply;
    waiting.get(reply.id ?? 0)?.resolve(reply);
    waiting.delete(reply.id ?? 0);
  });
  socket.addEventListener("close", () => {
    for (const { reject } of waiting.values()) reject(new Error(`${process.name}: the inspector is gone`));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`no connection to ${url}`)));
  });
  const call = async (method: string): Promise<NonNullable<Reply["result"]>> => {
    const reply = Promise.withResolvers<Reply>();
    const id = ++last;
    waiting.set(id, reply);
    socket.send(JSON.stringify({ id, method }));
    const { result, error } = await reply.promise;
    if (!result) throw new Error(`${method}: ${error?.message ?? "no result"}`);
    return result;
  };
  return {
    async heapInUse() {
      await call("HeapProfiler.collectGarbage");
      return (await call("Runtime.getHeapUsage")).usedSize ?? Number.NaN;
    },
    close: () => socket.close(),
  };
}
