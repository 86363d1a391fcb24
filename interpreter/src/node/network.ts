import type { AnswerHostCall } from "../rego.ts";
import { hostCalls, type HostCallHandler } from "./host-calls.ts";

/**
 * Answers `http.send` and `net.lookup_ip_addr` for the hosts, `*.domains`, addresses and CIDRs on the list, which is checked
 * after name resolution and at each redirect. An empty list refuses every call, and nothing of the network is loaded.
 */
export async function networkFor(allow: readonly string[]): Promise<AnswerHostCall> {
  if (allow.length === 0)
    return (kind) => Promise.reject(new Error(`${kind} is off: --allow-net HOST switches it on`));
  const [{ httpHost }, { dnsHost }, { allowedHosts }] = await Promise.all([
    import("./http-host.ts"),
    import("./dns-host.ts"),
    import("./addresses.ts"),
  ]);
  const allowed = allowedHosts(allow);
  return hostCalls(
    new Map<string, HostCallHandler>([
      ["http.send", httpHost({ allow })],
      ["net.lookup_ip_addr", dnsHost({ allowsName: (name) => allowed.allowsName(name) })],
    ]),
  );
}
