/** A family of Prometheus' text format, without its values. */
export interface MetricFamily {
  readonly type: string;
  /** Names of labels on any series, without those of the format itself. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, as written. */
  readonly buckets: readonly string[];
}

/** The families of `/metrics` that have series, by name. */
export function metricFamilies(text: string): ReadonlyMap<string, MetricFamily> {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
  const families = new Map<string, { type: string; labels: Set<string>; buckets: Set<string> }>();
  for (const [, series = "", labels = ""] of text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /gm)) {
    const name = types.has(series) ? series : series.replace(/_(?:bucket|sum|count)$/, "");
    const family = families.get(name) ?? {
      type: types.get(name) ?? "",
      labels: new Set(),
      buckets: new Set(),
    };
    families.set(name, family);
    for (const [, label = "", value = ""] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      if (label === "le") family.buckets.add(String(Number(value.replace("+Inf", "Infinity"))));
      else family.labels.add(label);
    }
  }
  return new Map(
    [...families].map(([name, { type, labels, buckets }]) => [
      name,
      { type, labels: [...labels].sort(), buckets: [...buckets] },
    ]),
  );
}
