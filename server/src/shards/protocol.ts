import type { FromChild, ToChild } from "../processes/protocol.ts";

/** What the primary process says to a shard. */
export type ToShard =
  | ToChild
  /** The certificate to serve from now on. */
  | { readonly kind: "certificate"; readonly key: string; readonly cert: string }
  /** There is a connection: whoever says so first gets it. */
  | { readonly kind: "offer"; readonly id: number }
  /** Here it is; the socket comes with the message. */
  | { readonly kind: "connection"; readonly id: number }
  /** Let each answer be the last one on its connection. */
  | { readonly kind: "drain" };

/** What a shard says. */
export type FromShard =
  | (Extract<FromChild, { kind: "alive" }> & { readonly connections: number })
  | Extract<FromChild, { kind: "metrics" }>
  | { readonly kind: "accepts"; readonly id: number }
  /** The connection is in its hands. */
  | { readonly kind: "took"; readonly id: number };
