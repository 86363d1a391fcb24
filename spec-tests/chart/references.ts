import { listAt, objectAt, objectMeta, textAt, valueAt } from "@portcullis/engine";
import { equals } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";

/**
 * What objects name and is not among them, or does not fit: one line each. `given` are names that a cluster has by itself
 * or the user brings (`Secret name`).
 */
export function danglingReferences(
  objects: readonly PlainObject[],
  given: readonly string[] = [],
): readonly string[] {
  const there = new Set([...given, ...objects.map((object) => nameOf(object))]);
  const ask = (from: PlainObject, kind: string, name: string): readonly string[] =>
    name === "" || there.has(`${kind} ${name}`) ? [] : [`${nameOf(from)}: no ${kind} ${name}`];
  return objects.flatMap((object) => {
    switch (textAt(object, "kind")) {
      case "Deployment":
      case "Job":
        return podProblems(object, ask);
      case "ClusterRoleBinding":
      case "RoleBinding":
        return [
          ...ask(object, textAt(object, "roleRef", "kind"), textAt(object, "roleRef", "name")),
          ...listAt(object, "subjects").flatMap((subject) =>
            ask(object, textAt(subject, "kind"), textAt(subject, "name")),
          ),
        ];
      case "Service":
        return [
          ...selected(objects, object, objectAt(object, "spec", "selector")),
          ...portProblems(objects, object),
        ];
      case "PodDisruptionBudget":
      case "NetworkPolicy":
        return selected(
          objects,
          object,
          objectAt(object, "spec", "selector", "matchLabels") ??
            objectAt(object, "spec", "podSelector", "matchLabels"),
        );
      case "ServiceMonitor":
        return monitoredService(objects, object);
      case "ValidatingWebhookConfiguration":
      case "MutatingWebhookConfiguration":
        return listAt(object, "webhooks").flatMap((webhook) =>
          ask(object, "Service", textAt(webhook, "clientConfig", "service", "name")),
        );
      default:
        return [];
    }
  });
}

type Ask = (from: PlainObject, kind: string, name: string) => readonly string[];

function podProblems(object: PlainObject, ask: Ask): readonly string[] {
  const template = valueAt(object, "spec", "template");
  const spec = valueAt(template, "spec");
  const volumes = listAt(spec, "volumes");
  const named = new Set(volumes.map((volume) => textAt(volume, "name")));
  const labels = objectAt(template, "metadata", "labels");
  const wanted = objectAt(object, "spec", "selector", "matchLabels");
  return [
    ...ask(object, "ServiceAccount", textAt(spec, "serviceAccountName")),
    ...volumes.flatMap((volume) => ask(object, "Secret", textAt(volume, "secret", "secretName"))),
    ...listAt(spec, "containers").flatMap((container) => [
      ...listAt(container, "volumeMounts")
        .map((mount) => textAt(mount, "name"))
        .filter((name) => !named.has(name))
        .map((name) => `${nameOf(object)}: no volume ${name}`),
      ...["livenessProbe", "readinessProbe"].flatMap((probe) => {
        const port = valueAt(container, probe, "httpGet", "port");
        const ports = listAt(container, "ports");
        const isThere = port === undefined || ports.some((each) => textAt(each, "name") === port);
        return isThere ? [] : [`${nameOf(object)}: ${probe} asks no port of the container`];
      }),
    ]),
    ...(wanted && !isSubset(wanted, labels) ? [`${nameOf(object)}: does not select its own pods`] : []),
  ];
}

function podsOf(objects: readonly PlainObject[], selector: PlainObject | undefined): readonly PlainObject[] {
  return objects.filter(
    (object) =>
      textAt(object, "kind") === "Deployment" &&
      isSubset(selector ?? {}, objectAt(object, "spec", "template", "metadata", "labels")),
  );
}

function selected(
  objects: readonly PlainObject[],
  from: PlainObject,
  selector: PlainObject | undefined,
): readonly string[] {
  return podsOf(objects, selector).length > 0 ? [] : [`${nameOf(from)}: selects no pods`];
}

function portProblems(objects: readonly PlainObject[], service: PlainObject): readonly string[] {
  const ports = podsOf(objects, objectAt(service, "spec", "selector")).map((deployment) =>
    listAt(deployment, "spec", "template", "spec", "containers").flatMap((container) =>
      listAt(container, "ports").map((port) => textAt(port, "name")),
    ),
  );
  return listAt(service, "spec", "ports")
    .map((port) => textAt(port, "targetPort"))
    .filter((target) => !ports.every((names) => names.includes(target)))
    .map((target) => `${nameOf(service)}: its pods have no port ${target}`);
}

function monitoredService(objects: readonly PlainObject[], monitor: PlainObject): readonly string[] {
  const wanted = objectAt(monitor, "spec", "selector", "matchLabels") ?? {};
  const services = objects.filter(
    (object) =>
      textAt(object, "kind") === "Service" && isSubset(wanted, objectAt(object, "metadata", "labels")),
  );
  return services.length === 1 ? [] : [`${nameOf(monitor)}: selects ${services.length} Services`];
}

function isSubset(part: PlainObject, whole: PlainObject | undefined): boolean {
  return Object.entries(part).every(([key, value]) => equals(value, whole?.[key] ?? null));
}

function nameOf(object: PlainObject): string {
  return `${textAt(object, "kind")} ${objectMeta(object).name}`;
}
