import { textAt } from "../kubernetes/object-meta.ts";
import type { KubeApi } from "./api.ts";
import { isNotFound } from "./kube-error.ts";
import { PODS } from "./controllers/own-kinds.ts";
import type { ReportingPod } from "./pod-status.ts";
import { sleep } from "./sleep.ts";

/**
 * Looks up the Pod that this process runs in, which is going to own its status objects. Waits for the API server as long as
 * it takes; where there is no such Pod, nothing owns them.
 */
export async function ownPod(
  api: KubeApi,
  pod: Omit<ReportingPod, "uid">,
  options: { readonly signal?: AbortSignal; readonly onFailure?: (message: string) => void } = {},
): Promise<ReportingPod> {
  for (;;) {
    const found = await api.get(PODS, { namespace: pod.namespace, name: pod.name });
    if (found.ok) return { ...pod, uid: textAt(found.value, "metadata", "uid") };
    options.onFailure?.(`Pod ${pod.namespace}/${pod.name}: ${found.error.message}`);
    if (isNotFound(found.error) || !found.error.retryable) return { ...pod, uid: "" };
    if (!(await sleep(RETRY_MS, options.signal))) return { ...pod, uid: "" };
  }
}

const RETRY_MS = 1000;
