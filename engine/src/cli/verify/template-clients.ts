import type { Client } from "../../client.ts";
import type { Manifest } from "../../files/manifest.ts";
import { Fault } from "./fault.ts";

/** Clients with one template each: tests of the same template share what is compiled. */
export class TemplateClients {
  readonly #create: () => Client;
  readonly #loaded = new WeakMap<Manifest, Client>();

  constructor(create: () => Client) {
    this.#create = create;
  }

  /** A client that holds this template and nothing else. Throws {@link Fault} where it is refused. */
  with(template: Manifest): Client {
    const known = this.#loaded.get(template);
    if (known) {
      for (const { kind, name } of known.constraints()) known.removeConstraint(kind, name);
      known.wipeData();
      return known;
    }
    const client = this.#create();
    const added = client.addTemplate(template.object);
    if (!added.ok) throw new Fault(`adding template: ${added.error.message}`);
    this.#loaded.set(template, client);
    return client;
  }
}
