import type { MetricObjectWithValues, MetricValue } from "prom-client";

/** One metric as a registry gives it, to be put together with those of other processes. */
export type MetricSnapshot = Omit<MetricObjectWithValues<MetricValue<string>>, "collect">;

/** What the primary process says to a shard. */
export type ToShard =
  /** The certificate to serve from now on. */
  | { readonly kind: "certificate"; readonly key: string; readonly cert: string }
  /** There is a connection: whoever says so first gets it. */
  | { readonly kind: "offer"; readonly id: number }
  /** Here it is; the socket comes with the message. */
  | { readonly kind: "connection"; readonly id: number }
  | { readonly kind: "metrics"; readonly id: number }
  /** Let each answer be the last one on its connection. */
  | { readonly kind: "drain" }
  /** Answer what is in flight, then end. */
  | { readonly kind: "stop" };

/** What a shard says. Whatever it says shows that it lives. */
export type FromShard =
  | { readonly kind: "alive"; readonly missing: readonly string[]; readonly connections: number }
  | { readonly kind: "accepts"; readonly id: number }
  /** The connection is in its hands. */
  | { readonly kind: "took"; readonly id: number }
  | { readonly kind: "metrics"; readonly id: number; readonly metrics: readonly MetricSnapshot[] };
