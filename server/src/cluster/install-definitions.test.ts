import { objectMeta, valueAt } from "@portcullis/engine";
import { createKubeApi, plainConnection } from "@portcullis/engine/cluster";
import type { Resource } from "@portcullis/engine/cluster";
import { createFakeApiServer } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { expect, it } from "vitest";
import { customResourceDefinitions } from "../manifests/crds.ts";
import { installDefinition } from "./install-definitions.ts";

const DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
};

it("creates a definition, brings an older one to its state and leaves an equal one alone", async () => {
  const server = await createFakeApiServer({ resources: [] });
  const api = createKubeApi({ connection: plainConnection({ server: server.url }) });
  try {
    const [definition = {}] = customResourceDefinitions();
    const name = { name: objectMeta(definition).name };
    expect(await installDefinition(api, definition)).toBe("created");
    const older = { ...(definition["spec"] as PlainObject), versions: [] };
    const { preserveUnknownFields: _, ...spec } = older as PlainObject;
    const labels = { team: "a" };
    const conversion = { strategy: "None" };
    server.put({ ...definition, metadata: { ...name, labels }, spec: { ...spec, conversion } });
    expect(await installDefinition(api, definition)).toBe("updated");
    const found = server.get(DEFINITIONS, name);
    expect(valueAt(found, "spec", "versions")).toEqual(valueAt(definition, "spec", "versions"));
    expect(valueAt(found, "spec", "conversion")).toEqual(conversion);
    expect(valueAt(found, "metadata", "labels")).toEqual({ team: "a", "gatekeeper.sh/system": "yes" });
    expect(await installDefinition(api, definition)).toBe("unchanged");
  } finally {
    await api.close();
    await server.stop();
  }
});
