// Each public name of the package, one by one. `spec-tests/architecture/api.test.ts` holds the list.
export type { Value, PlainObject, RegoArray, RegoNumber, ValueKind } from "./value/value.ts";
export { Decimal, numberFromText, numberText } from "./value/number.ts";
export { RegoSet } from "./value/set.ts";
export { RegoObject, ObjectBuilder } from "./value/object.ts";
export { compare, equals } from "./value/order.ts";
export { kindOf, isArray, isNumber, isObject, isSet } from "./value/kind.ts";
export { printRaw, printValue } from "./value/print.ts";
export { parseJson, writeJson, toJsonValue } from "./value/json.ts";
export { createShapesReader } from "./value/json-shapes.ts";
export type { ShapesReader } from "./value/json-shapes.ts";
export type { JsonError, ParseJsonOptions, ParseJsonResult, WriteJsonOptions } from "./value/json.ts";
export { getOwn, setOwn, sortedKeys } from "./value/plain-object.ts";
export { formatError, formatErrors } from "./errors.ts";
export type { RegoError, RegoErrorCode } from "./errors.ts";
export { compareText, detached, textLength } from "./value/text.ts";
export { quoteText } from "./value/quote.ts";
export { compileRegex, RegexSyntaxError } from "./regex/regex.ts";
export type { Regex } from "./regex/regex.ts";
export type { Import, Module, RefTerm, RegoVersion, Rule, Term } from "./syntax/ast.ts";
export { parseModule, parseQuery, parseTerm } from "./syntax/parse.ts";
export { formatModule, formatSource } from "./syntax/fmt.ts";
export type { FormatOptions, FormatResult } from "./syntax/fmt.ts";
export { parseValue } from "./syntax/parse-value.ts";
export type { ParseValueResult } from "./syntax/parse-value.ts";
export { builtins } from "./builtins/index.ts";
export { parseDuration } from "./builtins/time/duration.ts";
export { defaultCapabilities } from "./builtins/capabilities.ts";
export { BuiltinError, OperandError } from "./builtins/builtin.ts";
export type { Builtin, BuiltinContext, Host } from "./builtins/builtin.ts";
export type { Capabilities } from "./compiler/capabilities.ts";
export type { ModuleText, ParsedModule } from "./syntax/parse.ts";
export { walkRule, walkTerm } from "./syntax/visit.ts";
export type { Visitor } from "./syntax/visit.ts";
export { createRego, evalWithAnswers, NO_HOST } from "./rego.ts";
export type {
  AnswerHostCall,
  BudgetLimits,
  EvalOptions,
  EvalResult,
  HostAnswer,
  HostAnswers,
  ModuleSource,
  NoHost,
  PreparedQuery,
  PreparedRule,
  PrepareOptions,
  QueryResult,
  Rego,
  RegoOptions,
  RuleResult,
  Waiting,
} from "./rego.ts";
export { CoverageRecorder } from "./observe/coverage.ts";
export type { CoverageRange, CoverageReport, FileCoverage } from "./observe/coverage.ts";
export type { Coverable } from "./plan/coverable.ts";
export type { Local, Observer, TraceEvent } from "./plan/events.ts";
export { ProfileRecorder } from "./observe/profile.ts";
export type { ProfileEntry } from "./observe/profile.ts";
export { prettyTrace } from "./observe/pretty.ts";
export { selectEvents, TraceRecorder } from "./observe/trace.ts";
export type { Location } from "./location.ts";
