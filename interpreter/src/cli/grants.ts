import { nodeHost } from "../node/host.ts";
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
