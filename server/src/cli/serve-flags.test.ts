import { expect, it } from "vitest";
import { fromGoFlags } from "./flags.ts";
import { serveCommand } from "./serve.ts";
import type { ServeOptions } from "./serve-options.ts";

/** What the command would run with; the error text where the flags are refused. */
function parse(...args: readonly string[]): ServeOptions | string {
  let text = "";
  let options: ServeOptions | undefined;
  const command = serveCommand()
    .exitOverride()
    .configureOutput({ writeErr: (line) => (text += line) })
    .action((given: ServeOptions) => void (options = given));
  try {
    command.parse([...fromGoFlags(args)], { from: "user" });
  } catch {
    return text;
  }
  return options ?? text;
}

it("has Gatekeeper's defaults, and its own for a folder on this machine", () => {
  expect(parse("--local", "x")).toMatchObject({
    port: 8443,
    host: "127.0.0.1",
    auditInterval: 60,
    constraintViolationsLimit: 20,
    tlsMinVersion: "1.3",
    once: false,
    format: "table",
    auditFromCache: false,
    exemptNamespace: [],
  });
});

it.each([
  [["-port=9443"], { port: 9443 }],
  [["--port", "0"], { port: 0 }],
  [["--health-addr=:9090"], { healthAddr: { host: "", port: 9090 } }],
  [["--health-addr", "[::1]:9090"], { healthAddr: { host: "::1", port: 9090 } }],
  [["--audit-from-cache"], { auditFromCache: true }],
  [["-once"], { once: true }],
  [["-log-denies=false"], { logDenies: false }],
  [["--exempt-namespace=a", "-exempt-namespace", "b"], { exemptNamespace: ["a", "b"] }],
])("reads %j as Go does", (args, options) => {
  expect(parse("--local", "x", ...args)).toMatchObject(options);
});

it.each([
  [["--port", "99999"], "It must be a whole number from 0 to 65535"],
  [["--audit-interval=soon"], "It must be a whole number"],
  [["--format", "xml"], "Allowed choices are table, json"],
  [["--log-denies=perhaps"], "It must be true or false"],
  [["--health-addr", "9090"], "It must be `host:port` or `:port`"],
  [["--bogus"], "unknown option '--bogus'"],
])("refuses %j with a clear error", (args, message) => {
  expect(parse("--local", "x", ...args)).toContain(message);
});

it("needs a folder, and one that is there", async () => {
  expect(parse()).toContain("required option '--local <dir>' not specified");
  const missing = serveCommand().parseAsync(["--local", "/does/not/exist"], { from: "user" });
  await expect(missing).rejects.toThrow("cannot read --local /does/not/exist: no such folder");
});
