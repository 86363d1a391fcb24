import { hostCalls, type HostCallHandler } from "../node/host-calls.ts";
import { nodeHost } from "../node/host.ts";
import type { AnswerHostCall } from "../rego.ts";
import type { Host } from "../builtins/builtin.ts";
import { list } from "./flags.ts";

/** The flag by which commands that evaluate let policies reach the network. */
export const ALLOW_NET_FLAG = list(
  "HOST,...",
  "hosts, *.domains, addresses and CIDRs that http.send and net.lookup_ip_addr may reach (default none)",
);

/** What policies that run in this process can ask for: the clock, cryptography, its environment. */
export function commandHost(): Host {
  const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined));
  return nodeHost({ env: env as Record<string, string> });
}

/** Answers host calls for the hosts on the list; nothing of the network is loaded where it is empty. */
export async function networkFor(allow: readonly string[]): Promise<AnswerHostCall> {
  if (allow.length === 0)
    return (kind) => Promise.reject(new Error(`${kind} is off: --allow-net HOST switches it on`));
  const [{ httpHost }, { dnsHost }, { allowedHosts }] = await Promise.all([
    import("../node/http-host.ts"),
    import("../node/dns-host.ts"),
    import("../node/addresses.ts"),
  ]);
  const allowed = allowedHosts(allow);
  return hostCalls(
    new Map<string, HostCallHandler>([
      ["http.send", httpHost({ allow })],
      ["net.lookup_ip_addr", dnsHost({ allowsName: (name) => allowed.allowsName(name) })],
    ]),
  );
}
