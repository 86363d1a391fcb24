import { lookup } from "node:dns/promises";
import type { HostCallHandler } from "./host-calls.ts";

/** Finds the addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export interface DnsHostOptions {
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
  /** How long to wait; default 5 s. */
  readonly timeoutMs?: number;
  /** Names that may be asked for; default all. */
  readonly allowsName?: (name: string) => boolean;
}

/** Answers `net.lookup_ip_addr`: a name, answered by its addresses of both families. Rejects with Go's kind of text. */
export function dnsHost(options: DnsHostOptions = {}): HostCallHandler {
  const resolve = options.resolve ?? systemResolve;
  return async (request) => {
    const name = String(request);
    if (options.allowsName && !options.allowsName(name)) throw new Error(`disallowed host: ${name}`);
    return withTimeout(resolve(name), options.timeoutMs ?? 5_000, `lookup ${name}: i/o timeout`);
  };
}

export async function systemResolve(name: string): Promise<readonly string[]> {
  try {
    const found = await lookup(name, { all: true, verbatim: true });
    return found.map(({ address }) => address);
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    throw new Error(`lookup ${name}: ${code === "ENOTFOUND" ? "no such host" : code.toLowerCase()}`, {
      cause: error,
    });
  }
}

async function withTimeout<T>(work: Promise<T>, milliseconds: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
