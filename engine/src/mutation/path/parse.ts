import { numberFromText, type RegoNumber } from "@portcullis/interpreter";
import type { ListNode, Path, PathNode } from "./path.ts";
import { scan, type Token } from "./scan.ts";

/** A location that does not follow the grammar; the message is Gatekeeper's. */
export class PathError extends Error {
  override readonly name = "PathError";
}

const MAX_INT64 = 9_223_372_036_854_775_807n;

/**
 * Parses a location: `spec.containers[name: foo].image`. Field names are separated by dots, a list selector in brackets may
 * follow a field. The empty text is the empty path. Throws {@link PathError}.
 */
export function parsePath(location: string): Path {
  const tokens = scan(location);
  const nodes: PathNode[] = [];
  let at = 0;
  const next = () => tokens[at] as Token;
  if (next().kind === "EOF") return nodes;
  for (;;) {
    const field = next();
    if (field.kind !== "IDENT") {
      if (field.kind === "EOF") throw new PathError("trailing separators are forbidden");
      throw unexpected("field name or eof", field);
    }
    nodes.push({ kind: "object", name: field.literal });
    at++;
    if (next().kind === "LBRACKET") {
      at++;
      nodes.push(parseList());
    }
    if (next().kind === "EOF") return nodes;
    if (next().kind !== "SEPARATOR") throw unexpected("'.' or eof", next());
    at++;
  }

  function parseList(): ListNode {
    const key = next();
    if (key.kind !== "IDENT") throw unexpected("keyField in listSpec", key);
    at++;
    if (next().kind !== "COLON") throw unexpected(`':' following keyField ${key.literal}`, next());
    at++;
    const value = next();
    let keyValue: string | RegoNumber | undefined;
    if (value.kind === "IDENT") keyValue = value.literal;
    else if (value.kind === "INT") keyValue = integer(value.literal, key.literal);
    else if (value.kind !== "GLOB") throw unexpected("key value or glob in listSpec", value);
    at++;
    if (next().kind !== "RBRACKET") throw unexpected("']' following listSpec", next());
    at++;
    return { kind: "list", keyField: key.literal, keyValue };
  }
}

function integer(digits: string, key: string): RegoNumber {
  const value = BigInt(digits);
  if (value > MAX_INT64) {
    throw new PathError(
      `invalid integer: overflow in integer string: ${digits}: parsing key value for key: ${key}`,
    );
  }
  return numberFromText(String(value));
}

function unexpected(wanted: string, got: Token): PathError {
  return new PathError(
    `unexpected token: expected ${wanted}, got: ${got.kind}: ${JSON.stringify(got.literal)}`,
  );
}
