import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

/** A file that whole lines are added to: one that did not fit is taken back, so that what is there can be read at any time. */
export class LineFile {
  readonly path: string;
  readonly #file: FileHandle;
  /** Where the next line goes: the end of the last whole one. */
  #bytes: number;

  private constructor(path: string, file: FileHandle, bytes: number) {
    this.path = path;
    this.#file = file;
    this.#bytes = bytes;
  }

  /** Opens a file, or makes it; a symbolic link is refused. The group may read and write it: a reader in the Pod takes files away. */
  static async open(path: string, options: { readonly isNew?: boolean } = {}): Promise<LineFile> {
    const flags =
      constants.O_CREAT |
      constants.O_WRONLY |
      constants.O_NOFOLLOW |
      (options.isNew === true ? constants.O_EXCL : 0);
    const file = await open(path, flags, MODE);
    try {
      await file.chmod(MODE);
      return new LineFile(path, file, (await file.stat()).size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds all of the lines or none. Rejects where there is no room for them, or the file can be written no more. */
  async add(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#bytes + done);
        done += bytesWritten;
      }
    } catch (error) {
      await this.#file.truncate(this.#bytes);
      throw error;
    }
    this.#bytes += bytes.length;
  }

  async sync(): Promise<void> {
    await this.#file.datasync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

const MODE = 0o660;
