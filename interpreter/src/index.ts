// Each public name of the package, one by one. `spec-tests/architecture/api.test.ts` holds the list.
export type { Value, PlainObject, RegoArray, RegoNumber, ValueKind } from "./value/value.ts";
export { Decimal, numberFromText, numberText } from "./value/number.ts";
export { RegoSet } from "./value/set.ts";
export { RegoObject, ObjectBuilder } from "./value/object.ts";
export { compare, equals } from "./value/order.ts";
export { kindOf, isArray, isNumber, isObject, isSet } from "./value/kind.ts";
export { parseJson, writeJson, toJsonValue } from "./value/json.ts";
export type { JsonError, ParseJsonOptions, ParseJsonResult, WriteJsonOptions } from "./value/json.ts";
export { getOwn, setOwn, sortedKeys } from "./value/plain-object.ts";
export { formatError, formatErrors } from "./errors.ts";
export type { RegoError, RegoErrorCode } from "./errors.ts";
export { compareText, textLength } from "./value/text.ts";
export { quoteText } from "./value/quote.ts";
export { compileRegex, RegexSyntaxError } from "./regex/regex.ts";
export type { Regex } from "./regex/regex.ts";
export type { Import, Module, RefTerm, RegoVersion, Rule, Term } from "./syntax/ast.ts";
