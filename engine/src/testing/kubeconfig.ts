/** The text of a kubeconfig for the server at this URL, which asks nobody who they are. */
export function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
    users: [{ name: "c", user: {} }],
    "current-context": "c",
  });
}
