/** Where to listen. */
export interface Address {
  /** Empty for all interfaces. */
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` or `:port`, as Go listens; IPv6 hosts in brackets. Throws an Error for anything else. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match && port <= 65_535) return { host: match[1] ?? match[2] ?? "", port };
  throw new Error(`cannot listen on ${JSON.stringify(text)}: it must be \`host:port\` or \`:port\``);
}
