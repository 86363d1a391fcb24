import { LABEL_SELECTOR_SHAPE } from "../../kubernetes/label-selector.ts";
import { OBJECT_META } from "../../kubernetes/object-meta-shape.ts";
import { listOf, named, OBJECT, struct, TEXT } from "../../kubernetes/shape.ts";
import type { Fields, Shape } from "../../kubernetes/shape.ts";

/** The versions in which each kind of mutator exists. */
export const MUTATOR_VERSIONS: Readonly<Record<string, readonly string[]>> = {
  Assign: ["v1", "v1beta1", "v1alpha1"],
  AssignMetadata: ["v1", "v1beta1", "v1alpha1"],
  ModifySet: ["v1", "v1beta1", "v1alpha1"],
  AssignImage: ["v1alpha1"],
};

const GLOBS = listOf(named("wildcard.Wildcard"));

const MATCH = struct("match.Match", {
  source: TEXT,
  kinds: listOf(struct("match.Kinds", { apiGroups: listOf(TEXT), kinds: listOf(TEXT) })),
  scope: named("v1.ResourceScope"),
  namespaces: GLOBS,
  excludedNamespaces: GLOBS,
  labelSelector: LABEL_SELECTOR_SHAPE,
  namespaceSelector: LABEL_SELECTOR_SHAPE,
  name: named("wildcard.Wildcard"),
});

const APPLY_TO = struct("match.MutationApplyTo", {
  groups: listOf(TEXT),
  kinds: listOf(TEXT),
  versions: listOf(TEXT),
  operations: listOf(named("v1.OperationType")),
});

/** Any JSON value. */
const ANYTHING: Shape = {
  kind: "own",
  name: "interface {}",
  object: OBJECT,
  refusal: () => undefined,
};

function assignField(of: (name: string) => string): Shape {
  return struct(of("AssignField"), {
    fromMetadata: struct(of("FromMetadata"), { field: named(of("Field")) }),
    externalData: struct(of("ExternalData"), {
      provider: TEXT,
      dataSource: named("types.ExternalDataSource"),
      failurePolicy: named("types.ExternalDataFailurePolicy"),
      default: TEXT,
    }),
  });
}

function parametersOf(kind: string, of: (name: string) => string): Shape {
  const pathTests = listOf(struct(of("PathTest"), { subPath: TEXT, condition: named("tester.Condition") }));
  switch (kind) {
    case "AssignMetadata":
      return struct(of("MetadataParameters"), { assign: assignField(of) });
    case "ModifySet":
      return struct(of("ModifySetParameters"), {
        pathTests,
        operation: named(of("Operation")),
        values: struct(of("Values"), { fromList: listOf(ANYTHING, "[]interface {}") }),
      });
    case "AssignImage":
      return struct(of("AssignImageParameters"), {
        pathTests,
        assignDomain: TEXT,
        assignPath: TEXT,
        assignTag: TEXT,
      });
    default:
      return struct(of("Parameters"), { pathTests, assign: assignField(of) });
  }
}

/** The type of a mutator of one kind and version. */
export function mutatorShape(kind: string, version: string): Shape {
  const of = (name: string): string => `${version}.${name}`;
  const applyTo: Fields = kind === "AssignMetadata" ? {} : { applyTo: listOf(APPLY_TO) };
  return struct(of(kind), {
    metadata: OBJECT_META,
    spec: struct(of(`${kind}Spec`), {
      ...applyTo,
      match: MATCH,
      location: TEXT,
      parameters: parametersOf(kind, of),
    }),
  });
}
