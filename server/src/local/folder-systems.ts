import {
  decodeExpansionTemplate,
  decodeMutator,
  ExpansionSystem,
  InvalidExpansionTemplateError,
  InvalidMutatorError,
  MutationSystem,
  objectMeta,
} from "@portcullis/engine";
import { randomUUID } from "node:crypto";
import type { PartSystem } from "./take-parts.ts";

/** Mutation and expansion, and how the manifests of a folder get into them. */
export interface FolderSystems {
  readonly mutation: MutationSystem;
  readonly expansion: ExpansionSystem;
  readonly mutators: PartSystem;
  readonly expansionTemplates: PartSystem;
}

export function folderSystems(): FolderSystems {
  const mutation = new MutationSystem({ newId: randomUUID });
  const expansion = new ExpansionSystem(mutation);
  return {
    mutation,
    expansion,
    mutators: {
      upsert: (object) => refusal(() => mutation.upsert(decodeMutator(object))),
      remove: (object) => {
        const { group, kind, namespace, name } = objectMeta(object);
        mutation.remove({ group, kind, namespace, name });
      },
    },
    expansionTemplates: {
      upsert: (object) => refusal(() => expansion.upsert(decodeExpansionTemplate(object))),
      remove: (object) => expansion.remove(objectMeta(object).name),
    },
  };
}

function refusal(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidMutatorError || error instanceof InvalidExpansionTemplateError)
      return error.message;
    throw error;
  }
}
