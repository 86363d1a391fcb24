import { describe, expect, it } from "vitest";
import { readBrokenModules } from "./broken-modules.ts";
import { checkPolicy } from "./check.ts";

describe("diagnostics", () => {
  it.each(readBrokenModules())("$file $version: $source", (broken) => {
    const said = checkPolicy(broken).map(
      ({ code, message, location }) => `${location?.row ?? 0}: ${code}: ${message}`,
    );
    expect(said.sort()).toEqual(broken.expected);
  });
});
