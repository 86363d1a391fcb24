/** Where an event happened: a file, empty for the query, and a row. */
export interface Place {
  readonly file: string;
  readonly row: number;
}

/** How wide a column of places may be before paths in it are shortened. */
const WIDEST = 64;
const QUERY = "query";
const CUT = "...";

/**
 * Places as OPA prints them. Where one is too long, every path loses the longest text that the folders of all have in common,
 * as far as needed.
 */
export function placeTexts(places: readonly Place[]): readonly string[] {
  const width = places.reduce((widest, place) => Math.max(widest, textOf(place).length), 0);
  const files = [...new Set(places.flatMap(({ file }) => (file === "" ? [] : [file])))];
  const common = width > WIDEST && files.length > 0 ? commonText(files.map(folderOf)) : "";
  const spare = WIDEST - (width - common.length + CUT.length);
  const cut = spare > 0 ? common.slice(0, Math.max(0, common.length - spare)) : common;
  return places.map(({ file, row }) => {
    const path = cut.length > CUT.length ? file.replace(cut, () => CUT) : file;
    return textOf({ file: path, row });
  });
}

function textOf({ file, row }: Place): string {
  return `${file === "" ? QUERY : file}:${row}`;
}

/** The folder of a path, without its first part. */
function folderOf(path: string): string {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/"))).replace(/^\//, "") || ".";
  const first = folder.indexOf("/");
  return first > 0 ? folder.slice(first + 1) : folder;
}

/** The longest text that all have in common, the first one in sort order where there are several. */
function commonText(texts: readonly string[]): string {
  const [first = "", ...others] = [...new Set(texts)].sort((a, b) => a.length - b.length);
  if (others.length === 0) return first;
  const ofLength = (length: number): string | undefined => {
    const found = new Set<string>();
    for (let i = 0; i + length <= first.length; i++) {
      const part = first.slice(i, i + length);
      if (others.every((other) => other.includes(part))) found.add(part);
    }
    return [...found].sort()[0];
  };
  let longest = "";
  // What is common in a length is so in each shorter one.
  for (let low = 1, high = first.length; low <= high;) {
    const length = (low + high) >> 1;
    const part = ofLength(length);
    if (part === undefined) high = length - 1;
    else {
      longest = part;
      low = length + 1;
    }
  }
  return longest;
}
