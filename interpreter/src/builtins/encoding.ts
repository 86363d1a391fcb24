import { isObject } from "../value/kind.ts";
import { parseJson, toJsonValue, writeJson } from "../value/json.ts";
import { objectEntries } from "../value/object.ts";
import { setOwn, sortedKeys } from "../value/plain-object.ts";
import { quoteText } from "../value/quote.ts";
import type { NamedType } from "../value/type.ts";
import { ANY, BOOLEAN, STRING, arrayOf, named, objectOf, record, setOf, union } from "../value/type.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { BuiltinError, OperandError, defineBuiltins, type BuiltinContext } from "./builtin.ts";
import { base64Decode, base64Encode } from "./go/base64.ts";
import { decodeBase64Url } from "./go/base64url.ts";
import { bytesOf, textOf } from "./go/bytes.ts";
import { hexDecode, hexEncode } from "./go/hex.ts";
import { urlEscape, urlUnescapeQuery } from "./go/url.ts";
import { parseYaml } from "./go/yaml.ts";
import { writeYaml } from "./go/yaml-writer.ts";
import { objectOperand, stringOperand, wrongType } from "./operands.ts";

const TEXT_TO_ENCODE = named("x", STRING, "string to encode");

export const encodingBuiltins = defineBuiltins([
  {
    name: "base64.decode",
    decl: {
      args: [named("x", STRING, "string to decode")],
      result: named("y", STRING, "base64 deserialization of `x`"),
    },
    description: "Deserializes the base64 encoded input string.",
    categories: ["encoding"],
    run: ([x], context) => textOf(decodeBase64(stringOperand(x, 1), context)),
  },
  {
    name: "base64.encode",
    decl: { args: [TEXT_TO_ENCODE], result: named("y", STRING, "base64 serialization of `x`") },
    description: "Serializes the input string into base64 encoding.",
    categories: ["encoding"],
    run: ([x], context) => base64Encode(inputBytes(x, context)),
  },
  {
    name: "base64.is_valid",
    decl: {
      args: [named("x", STRING, "string to check")],
      result: verdict("`true` if `x` is valid base64 encoded value, `false` otherwise"),
    },
    description: "Verifies the input string is base64 encoded.",
    categories: ["encoding"],
    run: ([x], context) => typeof x === "string" && base64Decode(inputBytes(x, context)).ok,
  },
  {
    name: "base64url.decode",
    decl: {
      args: [named("x", STRING, "string to decode")],
      result: named("y", STRING, "base64url deserialization of `x`"),
    },
    description: "Deserializes the base64url encoded input string.",
    categories: ["encoding"],
    run: ([x], context) => textOf(decodeBase64Url(charged(stringOperand(x, 1), context))),
  },
  {
    name: "base64url.encode",
    decl: { args: [TEXT_TO_ENCODE], result: named("y", STRING, "base64url serialization of `x`") },
    description: "Serializes the input string into base64url encoding.",
    categories: ["encoding"],
    run: ([x], context) => base64Encode(inputBytes(x, context), "url"),
  },
  {
    name: "base64url.encode_no_pad",
    decl: { args: [TEXT_TO_ENCODE], result: named("y", STRING, "base64url serialization of `x`") },
    description: "Serializes the input string into base64url encoding without padding.",
    categories: ["encoding"],
    run: ([x], context) => base64Encode(inputBytes(x, context), "url", false),
  },
  {
    name: "hex.decode",
    decl: {
      args: [named("x", STRING, "a hex-encoded string")],
      result: named("y", STRING, "deserialized from `x`"),
    },
    description: "Deserializes the hex-encoded input string.",
    categories: ["encoding"],
    run: ([x], context) => textOf(hexDecode(inputBytes(x, context))),
  },
  {
    name: "hex.encode",
    decl: { args: [TEXT_TO_ENCODE], result: named("y", STRING, "serialization of `x` using hex-encoding") },
    description: "Serializes the input string using hex-encoding.",
    categories: ["encoding"],
    run: ([x], context) => hexEncode(inputBytes(x, context)),
  },
  {
    name: "json.is_valid",
    decl: {
      args: [named("x", STRING, "a JSON string")],
      result: verdict("`true` if `x` is valid JSON, `false` otherwise"),
    },
    description: "Verifies the input string is a valid JSON document.",
    categories: ["encoding"],
    run: ([x], context) => typeof x === "string" && parseJson(documentText(x, context)).ok,
  },
  {
    name: "json.marshal",
    decl: {
      args: [named("x", ANY, "the term to serialize")],
      result: named("y", STRING, "the JSON string representation of `x`"),
    },
    description: "Serializes the input term to JSON.",
    categories: ["encoding"],
    run: ([x], context) => charged(writeJson(x as Value), context),
  },
  {
    name: "json.marshal_with_options",
    decl: {
      args: [
        named("x", ANY, "the term to serialize"),
        named(
          "opts",
          record({ indent: STRING, prefix: STRING, pretty: BOOLEAN }, { key: STRING, value: ANY }),
          "encoding options",
        ),
      ],
      result: named(
        "y",
        STRING,
        "the JSON string representation of `x`, with configured prefix/indent string(s) as appropriate",
      ),
    },
    description:
      "Serializes the input term JSON, with additional formatting options via the `opts` parameter. " +
      "`opts` accepts keys `pretty` (enable multi-line/formatted JSON), `prefix` (string to prefix lines with, " +
      "default empty string) and `indent` (string to indent with, default `\\t`).",
    categories: ["encoding"],
    run: ([x, opts], context) => charged(marshalWithOptions(x as Value, opts), context),
  },
  {
    name: "json.unmarshal",
    decl: {
      args: [named("x", STRING, "a JSON string")],
      result: named("y", ANY, "the term deserialized from `x`"),
    },
    description: "Deserializes the input string.",
    categories: ["encoding"],
    run: ([x], context) => {
      const parsed = parseJson(documentText(stringOperand(x, 1), context));
      if (!parsed.ok) throw new BuiltinError(parsed.error.message);
      return parsed.value;
    },
  },
  {
    name: "urlquery.decode",
    decl: {
      args: [named("x", STRING, "the URL-encoded string")],
      result: named("y", STRING, "URL-encoding deserialization of `x`"),
    },
    description: "Decodes a URL-encoded input string.",
    categories: ["encoding"],
    run: ([x], context) => unescapeQuery(charged(stringOperand(x, 1), context)),
  },
  {
    name: "urlquery.decode_object",
    decl: {
      args: [named("x", STRING, "the query string")],
      result: named("object", objectOf(STRING, arrayOf(STRING)), "the resulting object"),
    },
    description: "Decodes the given URL query string into an object.",
    categories: ["encoding"],
    run: ([x], context) => decodeQuery(documentText(stringOperand(x, 1), context)),
  },
  {
    name: "urlquery.encode",
    decl: {
      args: [named("x", STRING, "the string to encode")],
      result: named("y", STRING, "URL-encoding serialization of `x`"),
    },
    description: "Encodes the input string into a URL-encoded string.",
    categories: ["encoding"],
    run: ([x], context) => urlEscape(charged(stringOperand(x, 1), context), "query"),
  },
  {
    name: "urlquery.encode_object",
    decl: {
      args: [
        named(
          "object",
          objectOf(STRING, union(STRING, arrayOf(STRING), setOf(STRING))),
          "the object to encode",
        ),
      ],
      result: named("y", STRING, "the URL-encoded serialization of `object`"),
    },
    description: "Encodes the given object into a URL encoded query string.",
    categories: ["encoding"],
    run: ([object], context) => charged(encodeQuery(object as Value), context),
  },
  {
    name: "yaml.is_valid",
    decl: {
      args: [named("x", STRING, "a YAML string")],
      result: verdict("`true` if `x` is valid YAML, `false` otherwise"),
    },
    description: "Verifies the input string is a valid YAML document.",
    categories: ["encoding"],
    run: ([x], context) => typeof x === "string" && parseYaml(yamlInput(x, context), { rules: "opa" }).ok,
  },
  {
    name: "yaml.marshal",
    decl: {
      args: [named("x", ANY, "the term to serialize")],
      result: named("y", STRING, "the YAML string representation of `x`"),
    },
    description: "Serializes the input term to YAML.",
    categories: ["encoding"],
    run: ([x], context) => charged(writeYaml(toJsonValue(x as Value)), context),
  },
  {
    name: "yaml.unmarshal",
    decl: {
      args: [named("x", STRING, "a YAML string")],
      result: named("y", ANY, "the term deserialized from `x`"),
    },
    description: "Deserializes the input string.",
    categories: ["encoding"],
    run: ([x], context) => {
      const parsed = parseYaml(yamlInput(stringOperand(x, 1), context), { rules: "opa" });
      if (!parsed.ok) throw new BuiltinError(parsed.error.message);
      return parsed.value;
    },
  },
]);

function verdict(description: string): NamedType {
  return named("result", BOOLEAN, description);
}

/** Charges for reading or writing a text, and hands it on. */
function charged(text: string, context: BuiltinContext): string {
  context.charge(1 + Math.ceil(text.length / 100));
  return text;
}

/** YAML takes many more steps a character than anything else here. */
function yamlInput(text: string, context: BuiltinContext): string {
  context.charge(text.length >> 1);
  return documentText(text, context);
}

/** A text that is about to be read as a document: few elements take less than four characters. */
function documentText(text: string, context: BuiltinContext): string {
  context.collect(text.length >> 2);
  return text;
}

function inputBytes(value: Value | undefined, context: BuiltinContext): Uint8Array {
  return bytesOf(charged(stringOperand(value, 1), context));
}

function decodeBase64(text: string, context: BuiltinContext): Uint8Array {
  const decoded = base64Decode(bytesOf(charged(text, context)));
  if (!decoded.ok) throw new BuiltinError(decoded.error);
  return decoded.bytes;
}

function marshalWithOptions(value: Value, options: Value | undefined): string {
  let indent = "\t";
  let prefix = "";
  let pretty: boolean | undefined;
  let layout = false;
  for (const [i, [key, option]] of objectEntries(objectOperand(options, 2)).entries()) {
    switch (key) {
      case "prefix":
      case "indent":
        if (typeof option !== "string") {
          const fault = wrongType(i, "string", option).message;
          throw new OperandError(`operand 2 key ${quoteText(key)} failed cast to string: ${fault}`);
        }
        if (key === "prefix") prefix = option;
        else indent = option;
        layout = true;
        break;
      case "pretty":
        if (typeof option !== "boolean") throw new OperandError(`operand 2 key "pretty" failed cast to bool`);
        pretty = option;
        break;
      default: {
        const shown = typeof key === "string" ? quoteText(key) : writeJson(key);
        if (typeof key === "string")
          throw new OperandError(`operand 2 object contained unknown key ${shown}`);
        const fault = wrongType(i, "string", key).message;
        throw new OperandError(`operand 2 failed to stringify key ${shown} at index ${i}: ${fault}`);
      }
    }
  }
  // Options of layout ask for it, unless `pretty` says otherwise. Go leaves the first line without its prefix.
  return (pretty ?? layout) ? prefix + writeJson(value, { indent, prefix }) : writeJson(value);
}

function unescapeQuery(text: string): string {
  const result = urlUnescapeQuery(text);
  if ("error" in result) throw new BuiltinError(result.error);
  return result.text;
}

/** Go's limit on the parameters of one query. */
const MAX_QUERY_PARAMETERS = 10_000;

/** Go's `url.ParseQuery`: the first fault is reported, a stray semicolon before any other. */
function decodeQuery(query: string): PlainObject {
  const parts = query.split("&");
  if (parts.length > MAX_QUERY_PARAMETERS)
    throw new BuiltinError("number of URL query parameters exceeded limit");
  const object: Record<string, Value[]> = {};
  if (query.includes(";")) throw new BuiltinError("invalid semicolon separator in query");
  for (const part of parts) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const key = unescapeQuery(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? "" : unescapeQuery(part.slice(equals + 1));
    if (Object.hasOwn(object, key)) (object[key] as Value[]).push(value);
    else setOwn(object, key, [value]);
  }
  return object;
}

function encodeQuery(value: Value): string {
  if (!isObject(value)) throw wrongType(1, "object", value);
  const object = toJsonValue(value) as PlainObject;
  const pairs: string[] = [];
  for (const key of sortedKeys(object)) {
    const member = object[key] as Value;
    const texts: readonly Value[] = Array.isArray(member) ? (member as readonly Value[]) : [member];
    for (const text of texts) {
      if (typeof text !== "string")
        throw new OperandError("operand 1 values must be string, array[string], or set[string]");
      pairs.push(`${urlEscape(key, "query")}=${urlEscape(text, "query")}`);
    }
  }
  return pairs.join("&");
}
