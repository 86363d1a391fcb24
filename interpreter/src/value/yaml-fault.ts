/** The text goyaml has for a fault of the YAML library: `code` and `message` are those of its `YAMLParseError`. */
export function goYamlText(code: string, message: string): string {
  if (/end with a \]/.test(message)) return "did not find expected ',' or ']'";
  if (/end with a \}/.test(message)) return "did not find expected ',' or '}'";
  switch (code) {
    case "TAB_AS_INDENT":
    case "BAD_SCALAR_START":
      return "found character that cannot start any token";
    case "BAD_DQ_ESCAPE":
      return "found unknown escape character";
    case "BLOCK_AS_IMPLICIT_KEY":
    case "BAD_COLLECTION_TYPE":
    case "MULTILINE_IMPLICIT_KEY":
      return "mapping values are not allowed in this context";
    case "KEY_OVER_1024_CHARS":
      return "could not find expected ':'";
    case "MISSING_CHAR":
      return /quote/.test(message) ? "found unexpected end of stream" : "could not find expected ':'";
    case "BAD_ALIAS":
    case "MULTIPLE_ANCHORS":
      return "did not find expected alphabetic or numeric character";
    case "BAD_DIRECTIVE":
      return "found unknown directive name";
    case "BAD_INDENT":
    case "BLOCK_IN_FLOW":
      return "did not find expected key";
    case "RESOURCE_EXHAUSTION":
      return "exceeded max depth";
    default:
      return "did not find expected node content";
  }
}
