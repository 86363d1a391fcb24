import type { ExportConnection, Publishing } from "@portcullis/engine/cluster";
import { tell } from "../processes/child-end.ts";
import type { Channel } from "../processes/child-end.ts";

/** What a process that exports violations tells the manager, which reports on Connections. */
interface ExportNews {
  readonly kind: "violations published";
  readonly how: Publishing;
}

/** A Connection that this process knows, and that its manager reports on. */
export function tellingExports(known: ExportConnection, channel: Channel): ExportConnection {
  return {
    target: () => known.target(),
    published: (how) => tell(channel, { kind: "violations published", how } satisfies ExportNews),
  };
}

/** Takes what a process says of its exports, and leaves what else it says. `publisher` tells it from others of its kind. */
export function hearExports(message: object, publisher: string, exports: ExportConnection): void {
  const news = message as Partial<ExportNews>;
  if (news.kind === "violations published" && news.how) exports.published({ ...news.how, publisher });
}
