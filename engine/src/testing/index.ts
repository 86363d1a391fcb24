// One-line builders for tests, published as `@portcullis/engine/testing`.
export { constraint } from "./constraint.ts";
export type { ConstraintParts } from "./constraint.ts";
export { kubeconfig } from "./kubeconfig.ts";
export { namespace, pod } from "./objects.ts";
export type { ObjectParts } from "./objects.ts";
export { template } from "./template.ts";
export type { TemplateParts } from "./template.ts";
export { fakeDriver } from "../drivers/fake.ts";
export { createFakeApiServer } from "./fake-api-server/fake-api-server.ts";
export type { CallFault, FakeApiServer, FakeApiServerOptions } from "./fake-api-server/fake-api-server.ts";
export type { FakeCall } from "./fake-api-server/rest-calls.ts";
export type { FakeResource } from "./fake-api-server/store.ts";
export type { WatchFault } from "./fake-api-server/watch-streams.ts";
