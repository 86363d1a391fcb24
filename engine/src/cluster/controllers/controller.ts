/** A part of the composition with a life of its own. */
export interface Controller {
  start(): void;
  stop(): Promise<void>;
}

export interface ControllerLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
