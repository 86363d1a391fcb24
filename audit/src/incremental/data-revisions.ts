import { inventoryChanges, objectMeta } from "@portcullis/engine";
import type { InventoryRead } from "@portcullis/engine";
import { apiVersionOf } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";

/**
 * When the kinds of an inventory changed last, counted in states that it was looked at in: a verdict that depends on some of
 * them holds as long as none of them has another number.
 */
export class DataRevisions {
  #inventory: PlainObject = {};
  #states = 0;
  readonly #kinds = new Map<string, Changed>();

  /** A new state of the inventory; costs as much as what differs from the one before. */
  advance(inventory: PlainObject): void {
    if (inventory === this.#inventory) return;
    this.#states++;
    const { put, removed } = inventoryChanges(this.#inventory, inventory);
    this.#inventory = inventory;
    for (const object of [...put, ...removed]) {
      const { group, version, kind } = objectMeta(object);
      const groupVersion = apiVersionOf({ group, version });
      this.#kinds.set(`${groupVersion} ${kind}`, { groupVersion, kind, state: this.#states });
    }
  }

  /** The state in which any of this changed last; 0 where none of it ever did. */
  of(reads: readonly InventoryRead[]): number {
    let last = 0;
    for (const { groupVersion, kind, state } of this.#kinds.values()) {
      const isRead = reads.some(
        (read) => (read.groupVersion ?? groupVersion) === groupVersion && (read.kind ?? kind) === kind,
      );
      if (isRead && state > last) last = state;
    }
    return last;
  }
}

interface Changed {
  readonly groupVersion: string;
  readonly kind: string;
  readonly state: number;
}
