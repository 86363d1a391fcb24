/**
 * Types share their parts, so that walking two of them side by side may take 2^n steps where n made them. Below a few
 * levels results are therefore remembered by the two objects' identity; above, looking up would cost more than walking.
 */
export function sharedWalk<T>(walk: (a: object, b: object) => T): (a: object, b: object) => T {
  const known = new WeakMap<object, WeakMap<object, T>>();
  let depth = 0;
  const walkDeeper = (a: object, b: object): T => {
    depth++;
    try {
      return walk(a, b);
    } finally {
      depth--;
    }
  };
  return (a, b) => {
    if (depth < SHALLOW) return walkDeeper(a, b);
    let row = known.get(a);
    if (!row) known.set(a, (row = new WeakMap()));
    if (row.has(b)) return row.get(b) as T;
    const result = walkDeeper(a, b);
    row.set(b, result);
    return result;
  };
}

const SHALLOW = 5;
