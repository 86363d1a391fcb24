import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A replica behind a Service, as its Pod's probe and address tell. */
export interface ServiceEndpoint {
  readonly port: number;
  readyz(): Promise<number>;
}

/** Probes of the chart come each second at the most. */
const PROBE_MS = 1000;

/**
 * What a Service is to its clients: each new connection goes to the next replica whose readiness probe succeeded last. A
 * replica that refuses the connection is skipped; connections that stand are never moved.
 */
export class Service {
  readonly #endpoints = new Set<ServiceEndpoint>();
  readonly #ready = new Set<ServiceEndpoint>();
  readonly #probe: NodeJS.Timeout;
  readonly #tunnels = new Set<Duplex>();
  #next = 0;
  #server: Server | undefined;
  #socketPath: string | undefined;
  /** Connections that a replica refused and another one took. */
  refused = 0;

  constructor() {
    this.#probe = setInterval(() => void this.probe(), PROBE_MS);
  }

  /** The replica gets connections from its next successful probe on. */
  add(endpoint: ServiceEndpoint): void {
    this.#endpoints.add(endpoint);
  }

  /** No new connection goes there: what happens to a Pod that is being deleted. */
  remove(endpoint: ServiceEndpoint): void {
    this.#endpoints.delete(endpoint);
    this.#ready.delete(endpoint);
  }

  get readyCount(): number {
    return this.#ready.size;
  }

  async probe(): Promise<void> {
    await Promise.all(
      [...this.#endpoints].map(async (endpoint) => {
        const ready = (await endpoint.readyz()) === 200;
        if (ready && this.#endpoints.has(endpoint)) this.#ready.add(endpoint);
        else this.#ready.delete(endpoint);
      }),
    );
  }

  /** Connects to a replica; rejects when none of the ready ones takes the connection. */
  async connect(): Promise<Socket> {
    const ready = [...this.#ready];
    const first = this.#next++;
    for (let i = 0; i < ready.length; i++) {
      const { port } = ready[(first + i) % ready.length] as ServiceEndpoint;
      try {
        return await connected(port);
      } catch {
        this.refused++;
      }
    }
    throw Object.assign(new Error(`no replica of ${ready.length} took the connection`), {
      code: "ECONNREFUSED",
    });
  }

  /** Takes the API server's connections to Services, which it asks for by HTTP CONNECT on a Unix socket. */
  async listen(socketPath: string): Promise<void> {
    this.#socketPath = socketPath;
    this.#server = createServer().on("connect", (_request, client, head) => void this.#tunnel(client, head));
    await new Promise<void>((resolve) => this.#server?.listen(socketPath, resolve));
  }

  close(): void {
    clearInterval(this.#probe);
    this.#server?.close();
    for (const tunnel of this.#tunnels) tunnel.destroy();
    if (this.#socketPath !== undefined) rmSync(this.#socketPath, { force: true });
  }

  async #tunnel(client: Duplex, head: Buffer): Promise<void> {
    client.on("error", () => client.destroy());
    try {
      const replica = await this.connect();
      this.#tunnels.add(client);
      client.once("close", () => {
        this.#tunnels.delete(client);
        replica.destroy();
      });
      replica.on("error", () => client.destroy()).once("close", () => client.destroy());
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      replica.write(head);
      replica.pipe(client);
      client.pipe(replica);
    } catch {
      client.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    }
  }
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}
