import { fc, it } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { statusMessage } from "./status-message.ts";

const bytes = (text: string): number => Buffer.byteLength(text);
const FAMILY = "👩‍👩‍👧‍👦";

describe("the message in a status", () => {
  it.each([
    ["256 bytes stay", "a".repeat(256), "a".repeat(256)],
    ["257 bytes become 253 and dots", "a".repeat(257), `${"a".repeat(253)}...`],
    ["a letter of two bytes is not cut in two", `${"a".repeat(252)}éxyz`, `${"a".repeat(252)}...`],
    ["one that fits stays", `${"a".repeat(251)}éwxyz`, `${"a".repeat(251)}é...`],
    ["an accent of its own stays with its letter", `${"a".repeat(252)}e\u0301xyz`, `${"a".repeat(252)}...`],
    ["an emoji of four bytes is not cut in two", `${"a".repeat(250)}😀xyz`, `${"a".repeat(250)}...`],
    ["a family stays together", `${"a".repeat(240)}${FAMILY}xyz`, `${"a".repeat(240)}...`],
    ["a line end of two characters stays together", `${"a".repeat(252)}\r\nxyz`, `${"a".repeat(252)}...`],
    [
      "a character that is too long is cut between code points",
      `e${"\u0301".repeat(200)}`,
      `e${"\u0301".repeat(126)}...`,
    ],
  ])("%s", (_, message, wanted) => {
    expect(statusMessage(message)).toBe(wanted);
  });

  it.prop([fc.string({ unit: "grapheme", minLength: 0, maxLength: 600 })])(
    "is the message, or a beginning of it and dots, and has at most 256 bytes",
    (message) => {
      const shown = statusMessage(message);
      expect(bytes(shown)).toBeLessThanOrEqual(256);
      if (bytes(message) <= 256) expect(shown).toBe(message);
      else expect(message.startsWith(shown.slice(0, -3)) && shown.endsWith("...")).toBe(true);
    },
  );

  it.prop([
    fc.array(fc.constantFrom("a", "é", "e\u0301", FAMILY, "🇩🇪", "한"), { minLength: 60, maxLength: 300 }),
  ])("ends between two characters", (characters) => {
    const shown = statusMessage(characters.join(""));
    const kept = shown.endsWith("...") ? shown.slice(0, -3) : shown;
    const beginnings = characters.map((_, index) => characters.slice(0, index + 1).join(""));
    expect(beginnings).toContain(kept);
  });
});
