// One-line builders for tests, published as `@portcullis/engine/testing`.
export { constraint } from "./constraint.ts";
export type { ConstraintParts } from "./constraint.ts";
export { namespace, pod } from "./objects.ts";
export type { ObjectParts } from "./objects.ts";
export { template } from "./template.ts";
export type { TemplateParts } from "./template.ts";
export { fakeDriver } from "../drivers/fake.ts";
