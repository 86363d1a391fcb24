import { parseManifests } from "@portcullis/engine/files";
import { sweep } from "@portcullis/audit";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localSetup } from "./local-setup.ts";
import type { ServeOptions } from "./serve-options.ts";

let server: Server;
beforeAll(async () => {
  server = createServer((_, response) => response.end('{"banned": ["evil"]}'));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** A template that asks a server which names are banned. */
const policies = (port: number): string => `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: asks}
spec:
  crd: {spec: {names: {kind: Asks}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package asks
        violation[{"msg": "banned"}] {
          answer := http.send({"method": "GET", "url": "http://127.0.0.1:${port}/", "force_json_decode": true})
          answer.body.banned[_] == input.review.object.metadata.name
        }
        violation[{"msg": "nobody answers"}] {
          not http.send({"method": "GET", "url": "http://127.0.0.1:${port}/"})
        }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Asks
metadata: {name: asks}
---
apiVersion: v1
kind: Namespace
metadata: {name: evil}
`;

async function messages(allowNet: readonly string[]): Promise<readonly string[]> {
  const options = { allowNet, enableReferentialRules: true, disableOpaBuiltin: [] };
  const setup = await localSetup(options as unknown as ServeOptions, () => {});
  const { port } = server.address() as AddressInfo;
  expect(setup.policies.apply(parseManifests("policies.yaml", policies(port))).problems).toEqual([]);
  const report = await sweep(setup.sweepDeps(), new Date(), new AbortController().signal);
  return report.constraints.flatMap(({ violations }) => violations.map(({ message }) => message));
}

describe("--allow-net", () => {
  it("lets templates ask the hosts that it names", async () => {
    expect(await messages(["127.0.0.1"])).toEqual(["banned"]);
  });

  it("names nobody by default", async () => {
    expect(await messages([])).toEqual(["nobody answers"]);
  });
});
