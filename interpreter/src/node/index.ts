// What a Node process grants to policies. `spec-tests/architecture/api.test.ts` holds the list of public names.
export { nodeHost } from "./host.ts";
export { hostCalls } from "./host-calls.ts";
export type { HostCallHandler } from "./host-calls.ts";
export { httpHost } from "./http-host.ts";
export { dnsHost } from "./dns-host.ts";
export { networkFor } from "./network.ts";
export { loggedJson } from "./logged-json.ts";
export { packageVersion } from "./package-version.ts";
