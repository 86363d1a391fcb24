/** For every group name the numbers of the groups that carry it, in order. */
export type GroupNames = ReadonlyMap<string, readonly number[]>;

export interface NamedSource {
  /** The pattern with one name for one group, as the engine wants it. */
  readonly source: string;
  readonly groups: GroupNames;
}

/**
 * Numbers the groups of a pattern. Go lets several groups share a name (`(?P<n>a)|(?P<n>b)`) and takes the first that
 * matched when it expands `$n`; the engine refuses that, so repeated names are made unique. A pattern with bad syntax
 * may come back changed in a meaningless way: the engine refuses it all the same.
 */
export function nameGroups(pattern: string): NamedSource {
  const groups = new Map<string, number[]>();
  if (!pattern.includes("(?")) return { source: pattern, groups };
  let source = "";
  let copied = 0;
  let number = 0;
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === "\\") {
      const end = pattern[i + 1] === "Q" && !inClass ? pattern.indexOf("\\E", i + 2) : i;
      i = end < 0 ? pattern.length : end + 1;
    } else if (inClass) inClass = char !== "]";
    else if (char === "[") {
      inClass = true;
      // A `]` right behind the opening is a member of the class.
      if (pattern[i + 1] === "^") i++;
      if (pattern[i + 1] === "]") i++;
    } else if (char === "(") {
      const name = /^\(\?P?<(\w+)>/.exec(pattern.slice(i, i + 200));
      if (!name) {
        if (pattern[i + 1] !== "?") number++;
        continue;
      }
      number++;
      const label = name[1] as string;
      const holders = groups.get(label);
      if (!holders) groups.set(label, [number]);
      else {
        const end = i + name[0].length - 1;
        source += `${pattern.slice(copied, end)}_again_${number}`;
        copied = end;
        holders.push(number);
      }
    }
  }
  return { source: source + pattern.slice(copied), groups };
}
