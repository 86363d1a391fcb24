import type { Socket } from "node:net";
import { KeptProcess } from "../processes/kept-process.ts";
import type { ToShard } from "./protocol.ts";

/** A connection that no shard has confirmed to have. */
export interface Connection {
  readonly id: number;
  readonly socket: Socket;
}

/** A shard as the primary process knows it. */
export class ShardProcess extends KeptProcess<ToShard> {
  /** Connections handed to it that it has not confirmed: another shard gets them when it ends. */
  readonly unconfirmed = new Map<number, Connection>();
  #connections = 0;
  #given = 0;
  #offered = 0;

  /** Connections it has or was asked to take, as far as is known. */
  get load(): number {
    return this.#connections + this.#given + this.#offered;
  }

  /** Asks whether it takes a connection. */
  offer(id: number): void {
    this.#offered++;
    this.send({ kind: "offer", id });
  }

  /** It has answered such a question. */
  answered(): void {
    this.#offered--;
  }

  /** It has said how many it has. */
  has(connections: number): void {
    this.#connections = connections;
    this.#given = 0;
  }

  /** Hands a connection over. This process keeps it, too, until the shard says that it has it. */
  hand(connection: Connection): void {
    this.unconfirmed.set(connection.id, connection);
    this.#given++;
    this.send({ kind: "connection", id: connection.id }, connection.socket);
  }
}
