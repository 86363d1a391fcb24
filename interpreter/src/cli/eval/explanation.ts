import type { RecordedEvent } from "../../observe/trace.ts";
import { toJsonValue } from "../../value/json.ts";
import { kindOf } from "../../value/kind.ts";
import { fields, type Report } from "../json.ts";

/** Events in the shape of OPA's JSON explanations; `Node` holds the text of the rule, body or expression. */
export function explanationJson(events: readonly RecordedEvent[]): Report {
  return events.map((event) =>
    fields({
      Op: event.op,
      Node: event.text,
      Location: fields({ file: event.location.file, row: event.location.row, col: event.location.col }),
      QueryID: event.queryId,
      ParentID: event.parentId,
      Locals: [...event.locals].map(([name, value]) =>
        fields({ name, type: kindOf(value), value: toJsonValue(value) }),
      ),
      Message: event.message,
    }),
  );
}
