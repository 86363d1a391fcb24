import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";

/**
 * What is exported, under Gatekeeper's names (contract 5.5). A field that is absent, an empty text, list or object is left
 * out. Besides violations: the start and the end of an audit, which have an id and a message alone.
 */
export interface ExportRecord {
  /** The audit's id, or the request's. */
  readonly id: string;
  /** JSON text: integers keep all their digits in it. */
  readonly details?: string;
  readonly eventType?: "violation_audited" | "violation_admission";
  /** Of the constraint, as are the next three. */
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly message: string;
  readonly enforcementAction?: string;
  /** Of scoped constraints alone. */
  readonly enforcementActions?: readonly string[];
  readonly constraintAnnotations?: PlainObject;
  readonly resourceGroup?: string;
  readonly resourceAPIVersion?: string;
  readonly resourceKind?: string;
  readonly resourceNamespace?: string;
  readonly resourceName?: string;
  readonly resourceLabels?: PlainObject;
  /** RFC 3339 with nanoseconds; this and the rest is said of admission requests alone. */
  readonly timestamp?: string;
  readonly operation?: string;
  readonly requestResource?: string;
  readonly requestSubresource?: string;
  readonly requestUsername?: string;
  readonly requestUserUID?: string;
  readonly requestUserGroups?: readonly string[];
  readonly dryRun?: boolean;
}

/** One line of JSON, without its end; fields stand in the order of {@link ExportRecord}. */
export function exportLine(record: ExportRecord): string {
  const members = FIELDS.flatMap((field): readonly string[] => {
    const text = written(field, record[field]);
    return text === undefined ? [] : [`"${field}":${text}`];
  });
  return `{${members.join(",")}}`;
}

const FIELDS = [
  "id",
  "details",
  "eventType",
  "group",
  "version",
  "kind",
  "name",
  "message",
  "enforcementAction",
  "enforcementActions",
  "constraintAnnotations",
  "resourceGroup",
  "resourceAPIVersion",
  "resourceKind",
  "resourceNamespace",
  "resourceName",
  "resourceLabels",
  "timestamp",
  "operation",
  "requestResource",
  "requestSubresource",
  "requestUsername",
  "requestUserUID",
  "requestUserGroups",
  "dryRun",
] as const satisfies readonly (keyof ExportRecord)[];

function written(field: keyof ExportRecord, value: ExportRecord[keyof ExportRecord]): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (field === "details") return String(value);
  if (typeof value === "object" && Object.keys(value).length === 0) return undefined;
  return writeJson(value);
}
