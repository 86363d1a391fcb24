import type { KubeError } from "@portcullis/engine/cluster";

/** What may mend it, by what the message or its reason says. */
const HINTS: readonly (readonly [says: RegExp, hint: string])[] = [
  [/ECONNREFUSED/, "nothing listens there: does the cluster run, and is this its address?"],
  [/ENOTFOUND|EAI_AGAIN/, "no such host: is the address right, and is there a network?"],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|TimedOut/, "nobody answers there: is a VPN or a proxy-url missing?"],
  [/altnames/i, "the certificate is one of another name: tls-server-name in the kubeconfig says which"],
  [
    /certificate|self.signed|CERT_|unable to verify/i,
    "is certificate-authority-data in the kubeconfig that of this cluster?",
  ],
  [
    /wrong version number|packet length too long|EPROTO/i,
    "no TLS is spoken there: is the server's address right?",
  ],
  [/NoCredentials/, "the credentials or certificates that the kubeconfig names cannot be had"],
  [/Unauthorized/, "the credentials are not accepted: log in again, or name another --context"],
  [/MalformedAnswer/, "what answers there is no API server"],
];

/** That nothing can be asked of an API server, why, and what may mend it. */
export function noAnswerText({ reason, message }: KubeError, server: string): string {
  const hint = HINTS.find(([says]) => says.test(`${reason} ${message}`))?.[1];
  return `cannot ask the API server ${server} what it serves: ${message}${hint === undefined ? "" : `\n  ${hint}`}`;
}
