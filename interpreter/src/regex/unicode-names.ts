/** Go accepts `\p{name}` in any case, with or without `_`, `-` and spaces, and the long names of the categories. Rewrites such names to the short ones. */
export function expandUnicodeNames(pattern: string): string {
  return pattern.replace(
    /\\([pP])\{(\^?)([A-Za-z _-]+)\}/g,
    (whole, p: string, not: string, name: string) => {
      const key = name.replace(/[ _-]/g, "").toLowerCase();
      const negated = (p === "P") !== (not === "^");
      if (key === "ascii") return negated ? "[^\\x00-\\x7F]" : "[\\x00-\\x7F]";
      if (key === "any") return `\\${p}{${not}Any}`;
      const category = CATEGORIES.get(key);
      if (category) return `\\${p}{${not}${category}}`;
      const script = name
        .split(/[ _-]/)
        .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
        .join("_");
      return script === "" ? whole : `\\${p}{${not}${script}}`;
    },
  );
}

const CATEGORIES = new Map<string, string>([
  ["letter", "L"],
  ["casedletter", "LC"],
  ["lc", "LC"],
  ["uppercaseletter", "Lu"],
  ["lowercaseletter", "Ll"],
  ["titlecaseletter", "Lt"],
  ["modifierletter", "Lm"],
  ["otherletter", "Lo"],
  ["mark", "M"],
  ["combiningmark", "M"],
  ["nonspacingmark", "Mn"],
  ["spacingmark", "Mc"],
  ["enclosingmark", "Me"],
  ["number", "N"],
  ["decimalnumber", "Nd"],
  ["digit", "Nd"],
  ["letternumber", "Nl"],
  ["othernumber", "No"],
  ["punctuation", "P"],
  ["punct", "P"],
  ["connectorpunctuation", "Pc"],
  ["dashpunctuation", "Pd"],
  ["openpunctuation", "Ps"],
  ["closepunctuation", "Pe"],
  ["initialpunctuation", "Pi"],
  ["finalpunctuation", "Pf"],
  ["otherpunctuation", "Po"],
  ["symbol", "S"],
  ["mathsymbol", "Sm"],
  ["currencysymbol", "Sc"],
  ["modifiersymbol", "Sk"],
  ["othersymbol", "So"],
  ["separator", "Z"],
  ["spaceseparator", "Zs"],
  ["lineseparator", "Zl"],
  ["paragraphseparator", "Zp"],
  ["other", "C"],
  ["control", "Cc"],
  ["cntrl", "Cc"],
  ["format", "Cf"],
  ["surrogate", "Cs"],
  ["privateuse", "Co"],
  ["unassigned", "Cn"],
]);
