import type { Location } from "@portcullis/interpreter";
import { formatPlace } from "../../files/format-problem.ts";
import type { Manifest } from "../../files/manifest.ts";
import { regoField } from "../../files/rego-field.ts";
import type { Decision } from "./decision.ts";

/**
 * Where in the template's file a case was decided: the bodies of `violation` that gave something, or, where none did, how far
 * each came. One line each.
 */
export function explainDecisions(decisions: readonly Decision[], template: Manifest): readonly string[] {
  if (decisions.length === 0) {
    return ["no violation rule was evaluated: the constraint does not match the object"];
  }
  const held = decisions.filter((one) => one.held);
  if (held.length > 0) return held.map(({ rule }) => `decided at ${placeIn(template, rule)}`);
  return decisions.map(({ rule, failed }) =>
    failed
      ? `violation at ${placeIn(template, rule)} ends at ${placeIn(template, failed)}`
      : `violation at ${placeIn(template, rule)} gives nothing`,
  );
}

function placeIn(template: Manifest, location: Location): string {
  const path = regoField(template.object, location.file);
  const place = path ? template.locateInText(path, location.row, location.col) : template.place;
  const [line = ""] = location.text.split("\n");
  return `${formatPlace(place)}: ${line.trim()}`;
}
