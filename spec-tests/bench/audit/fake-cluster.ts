// The fake API server with a generated cluster, in a process of its own: `fake-cluster.ts SIZE`. Tells its URL to its parent;
// told a number, it puts every hundredth object into the state of that number and answers when that is done.
import { createFakeApiServer } from "@portcullis/engine/testing";
import {
  changedObjects,
  clusterNamespaces,
  clusterObjects,
  GENERATED_KINDS,
  NAMESPACE,
} from "./cluster-objects.ts";

const size = Number(process.argv[2]);
const server = await createFakeApiServer({
  resources: [NAMESPACE, ...GENERATED_KINDS.map(({ resource }) => resource)],
});
server.putAll(NAMESPACE, clusterNamespaces());
for (const kind of GENERATED_KINDS) server.putAll(kind.resource, clusterObjects(kind, size));
process.on("message", (change: number) => {
  for (const kind of GENERATED_KINDS) server.putAll(kind.resource, changedObjects(kind, size, change));
  process.send?.(change);
});
process.send?.(server.url);
