import { OBJECT_META } from "../kubernetes/object-meta-shape.ts";
import { FLAG, listOf, named, struct, TEXT } from "../kubernetes/shape.ts";
import type { Shape } from "../kubernetes/shape.ts";
import { SCHEMA_SHAPE } from "../schema/schema-shape.ts";

/** The type of a ConstraintTemplate of one version: `v1`, `v1beta1` or `v1alpha1`. */
export function templateShape(version: string): Shape {
  const of = (name: string): string => `${version}.${name}`;
  const validation = struct(of("Validation"), { openAPIV3Schema: SCHEMA_SHAPE, legacySchema: FLAG });
  const names = struct(of("Names"), { kind: TEXT, shortNames: listOf(TEXT) });
  const target = struct(of("Target"), {
    target: TEXT,
    rego: TEXT,
    libs: listOf(TEXT),
    code: listOf(struct(of("Code"), { engine: TEXT })),
    operations: listOf(named("v1.OperationType")),
  });
  return struct(of("ConstraintTemplate"), {
    metadata: OBJECT_META,
    spec: struct(of("ConstraintTemplateSpec"), {
      crd: struct(of("CRD"), { spec: struct(of("CRDSpec"), { names, validation }) }),
      targets: listOf(target),
    }),
    status: struct(of("ConstraintTemplateStatus"), {
      created: FLAG,
      byPod: listOf(struct(of("ByPodStatus"), {})),
    }),
  });
}
