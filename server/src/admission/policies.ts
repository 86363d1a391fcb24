import type { Client, ExpansionSystem, MutationSystem, ProcessExcluder } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";

/** What decisions are made from. The local folder provides one, the cluster another. */
export interface Policies {
  readonly client: Client;
  readonly mutation: MutationSystem;
  readonly expansion: ExpansionSystem;
  /** Namespaces that Config.match takes out of a process' hands. */
  readonly excluder: () => ProcessExcluder;
  /** The Config object in force, for its traces. */
  readonly config: () => PlainObject | undefined;
  /** The Namespace object of that name; undefined when there is none. A promise where it has to be asked for. */
  readonly namespace: (name: string) => PlainObject | undefined | Promise<PlainObject | undefined>;
}

/** Flags that change decisions; named after Gatekeeper's. */
export interface AdmissionOptions {
  /** The namespace that Gatekeeper itself runs in. Default `gatekeeper-system`. */
  readonly ownNamespace?: string;
  /** Lets constraints with unknown enforcement actions be created. Default false. */
  readonly disableEnforcementActionValidation?: boolean;
  /** Refuses templates whose Rego does not compile. Default false: they are admitted, and their status says it. */
  readonly refuseBrokenTemplates?: boolean;
  /** Events of violations go into the namespace of the object instead of our own. Default false. */
  readonly eventsInvolvedNamespace?: boolean;
  /** Lets constraints come before their templates, with a warning. Default false: they are refused. */
  readonly admitEarlyConstraints?: boolean;
  /** A log line with what each review cost. Default false. */
  readonly logStats?: boolean;
  /** A log line for each violation. Default false. */
  readonly logDenies?: boolean;
  /** Mutated objects say in annotations which mutators changed them. Default false. */
  readonly mutationAnnotations?: boolean;
  /** A log line for each mutation. Default false. */
  readonly logMutations?: boolean;
  /** Milliseconds a review may take. No limit by default. */
  readonly reviewTimeoutMs?: number;
  /** Namespaces that may carry the ignore label: exact names, prefixes, suffixes. */
  readonly exemptNamespaces?: readonly string[];
  readonly exemptNamespacePrefixes?: readonly string[];
  readonly exemptNamespaceSuffixes?: readonly string[];
}

/** Gatekeeper's own namespace, where none is named. */
export const OWN_NAMESPACE = "gatekeeper-system";
