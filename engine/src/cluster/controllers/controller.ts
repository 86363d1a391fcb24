/** A part of the composition with a life of its own. */
export interface Controller {
  start(): void;
  stop(): Promise<void>;
}

/** Kinds that are watched because some policy asks for them. */
export interface WatchCounts {
  /** Asked for. */
  readonly intended: number;
  /** Served by the API server, and watched. */
  readonly watched: number;
}

export interface ControllerLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A template or constraint of the cluster that the engine does not take as it is now. */
export interface RefusedPolicy {
  readonly kind: string;
  readonly name: string;
  /** The kind of the constraints that it is about. */
  readonly constraintKind: string;
  readonly message: string;
}
