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

  /** Connections it has, as far as is known. */
  get connections(): number {
    return this.#connections + this.#given;
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
