/** The values some at a time, `most` in all batches but the last; no batch is empty. */
export function* inBatches<T>(values: Iterable<T>, most: number): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const value of values) {
    batch.push(value);
    if (batch.length < most) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
