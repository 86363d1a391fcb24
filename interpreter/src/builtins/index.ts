import type { Builtin } from "./builtin.ts";
import { aggregatesBuiltins } from "./aggregates.ts";
import { arithmeticBuiltins } from "./arithmetic.ts";
import { arraysBuiltins } from "./arrays.ts";
import { bitsBuiltins } from "./bits.ts";
import { castsBuiltins } from "./casts.ts";
import { comparisonBuiltins } from "./comparison.ts";
import { cryptoBuiltins } from "./crypto.ts";
import { encodingBuiltins } from "./encoding.ts";
import { globBuiltins } from "./glob.ts";
import { graphBuiltins } from "./graph.ts";
import { graphqlBuiltins } from "./graphql.ts";
import { httpBuiltins } from "./http.ts";
import { jsonBuiltins } from "./json.ts";
import { jsonSchemaBuiltins } from "./json-schema.ts";
import { jwtBuiltins } from "./jwt.ts";
import { netBuiltins } from "./net.ts";
import { numbersBuiltins } from "./numbers.ts";
import { objectsBuiltins } from "./objects.ts";
import { providersAwsBuiltins } from "./providers-aws.ts";
import { regexBuiltins } from "./regex.ts";
import { regoBuiltins } from "./rego.ts";
import { semverBuiltins } from "./semver.ts";
import { setsBuiltins } from "./sets.ts";
import { sprintfBuiltins } from "./sprintf.ts";
import { stringsBuiltins } from "./strings.ts";
import { templateBuiltins } from "./template.ts";
import { timeBuiltins } from "./time.ts";
import { tracingBuiltins } from "./tracing.ts";
import { typesBuiltins } from "./types.ts";
import { unitsBuiltins } from "./units.ts";
import { uriBuiltins } from "./uri.ts";
import { uuidBuiltins } from "./uuid.ts";
import { x509Builtins } from "./x509.ts";

/** Every builtin, by name. A name that stands in two tables fails at load time. */
export const builtins: ReadonlyMap<string, Builtin> = register([
  aggregatesBuiltins,
  arithmeticBuiltins,
  arraysBuiltins,
  bitsBuiltins,
  castsBuiltins,
  comparisonBuiltins,
  cryptoBuiltins,
  encodingBuiltins,
  globBuiltins,
  graphBuiltins,
  graphqlBuiltins,
  httpBuiltins,
  jsonBuiltins,
  jsonSchemaBuiltins,
  jwtBuiltins,
  netBuiltins,
  numbersBuiltins,
  objectsBuiltins,
  providersAwsBuiltins,
  regexBuiltins,
  regoBuiltins,
  semverBuiltins,
  setsBuiltins,
  sprintfBuiltins,
  stringsBuiltins,
  templateBuiltins,
  timeBuiltins,
  tracingBuiltins,
  typesBuiltins,
  unitsBuiltins,
  uriBuiltins,
  uuidBuiltins,
  x509Builtins,
]);

function register(tables: readonly (readonly Builtin[])[]): Map<string, Builtin> {
  const rows = new Map<string, Builtin>();
  for (const row of tables.flat()) {
    if (rows.has(row.name)) throw new Error(`builtin ${row.name} is defined twice`);
    rows.set(row.name, row);
  }
  return rows;
}
