import type { PlainObject } from "@portcullis/interpreter";
import { objectMeta, textAt } from "../../kubernetes/object-meta.ts";
import { prepareTarget, readTarget } from "../export/connection-config.ts";
import type { ExportTarget } from "../export/connection-config.ts";
import type { Publishing } from "../export/publishing.ts";
import { publishReport } from "../export/publish-report.ts";
import { nameOfKey } from "../resource.ts";
import { CONNECTION_STATUS } from "../pod-status.ts";
import { RECONCILED } from "../work-queue.ts";
import type { Reconciled } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller } from "./controller.ts";
import { KindController } from "./kind-controller.ts";
import { CONNECTIONS } from "./own-kinds.ts";
import { versionOf } from "./version-of.ts";

/** The Connection that violations are exported to, for those who export and tell how that went. */
export interface ExportConnection {
  /** Where violations go; undefined as long as there is no Connection that says so. */
  target(): ExportTarget | undefined;
  /** How publishing went; its pod status says so. */
  published(how: Publishing): void;
}

/**
 * The one Connection that counts: of the name that `--audit-connection` says, in Gatekeeper's namespace. Others there get an
 * error. A process that exports nothing has nothing to say of any.
 */
export class Connections implements Controller, ExportConnection {
  readonly #context: ControllerContext;
  /** Of the Connection that counts; undefined where nothing is exported. */
  readonly #name: string | undefined;
  readonly kind: KindController;
  #target: ExportTarget | undefined;
  #fault = "";
  /** Since the Connection is as it is now. */
  #version = "";
  readonly #published = new Map<string, Publishing>();
  /** What the log was told of each Connection last. */
  readonly #told = new Map<string, string>();

  constructor(context: ControllerContext, name: string | undefined) {
    this.#context = context;
    this.#name = name;
    this.kind = new KindController(context, {
      resource: CONNECTIONS,
      namespace: context.pod.namespace,
      reconcile: (key, object) => this.#reconcile(key, object),
    });
  }

  start(): void {
    this.kind.start();
  }

  stop(): Promise<void> {
    return this.kind.stop();
  }

  target(): ExportTarget | undefined {
    return this.#target;
  }

  published(how: Publishing): void {
    this.#published.set(`${how.source} ${how.publisher ?? ""}`, how);
    const connection = this.kind.get(`${this.#context.pod.namespace}/${this.#name}`);
    if (connection) this.#report(connection, this.#fault, this.#published.values());
  }

  async #reconcile(key: string, connection: PlainObject | undefined): Promise<Reconciled> {
    if (this.#name === undefined) return RECONCILED;
    const counts = nameOfKey(key).name === this.#name;
    if (!connection) {
      this.#context.statuses.retract(CONNECTION_STATUS, { kind: "", ...nameOfKey(key) });
      this.#told.delete(nameOfKey(key).name);
      if (counts) this.#target = undefined;
      return RECONCILED;
    }
    if (!counts) {
      const { name } = objectMeta(connection);
      this.#report(connection, unsupportedName(name, this.#name), []);
      return RECONCILED;
    }
    return this.#take(connection);
  }

  async #take(connection: PlainObject): Promise<Reconciled> {
    const version = versionOf(connection);
    if (version !== this.#version) this.#published.clear();
    this.#version = version;
    const read = readTarget(connection);
    const unwritable = read.ok ? await prepareTarget(read.target) : undefined;
    this.#fault = read.ok ? (unwritable ?? "") : read.message;
    // Where the present version says nothing that can be done, what a former one said goes on, as in Gatekeeper.
    if (read.ok) this.#target = read.target;
    this.#report(connection, this.#fault, this.#published.values());
    return unwritable === undefined ? RECONCILED : { ok: false, message: unwritable };
  }

  #report(connection: PlainObject, fault: string, published: Iterable<Publishing>): void {
    this.#context.statuses.report(CONNECTION_STATUS, connection, publishReport(fault, [...published]));
    const name = textAt(connection, "metadata", "name");
    if (fault !== "" && this.#told.get(name) !== fault)
      this.#context.log.error("a Connection cannot be used", { name, error: fault });
    this.#told.set(name, fault);
  }
}

function unsupportedName(name: string, wanted: string): string {
  return (
    `error unsupported connection name ${name}. Connection name should align with flag ` +
    `--audit-connection set or defaulted to '${wanted}'`
  );
}
