import type { MetricObjectWithValues, MetricValue } from "prom-client";

/** One metric as a registry gives it, to be put together with those of other processes. */
export type MetricSnapshot = Omit<MetricObjectWithValues<MetricValue<string>>, "collect">;

/** What a manager says to each process that it has started. */
export type ToChild =
  | { readonly kind: "metrics"; readonly id: number }
  /** Come to an end with what is under way, then end. */
  | { readonly kind: "stop" };

/** What each such process says. Whatever it says shows that it lives. */
export type FromChild =
  /** With what it still waits for; nothing when it does its work. */
  | { readonly kind: "alive"; readonly missing: readonly string[] }
  | { readonly kind: "metrics"; readonly id: number; readonly metrics: readonly MetricSnapshot[] };
