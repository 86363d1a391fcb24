/** What the operating system said, in Go's words: `open a.yaml: no such file or directory`. */
export function systemText(error: unknown): string {
  const { code = "", syscall = "", path = "", message } = error as NodeJS.ErrnoException;
  const text = TEXTS[code];
  if (text === undefined) return message;
  return [GO_CALLS[syscall] ?? syscall, path].filter((part) => part !== "").join(" ") + `: ${text}`;
}

const TEXTS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "file name too long",
};

const GO_CALLS: Readonly<Record<string, string>> = { scandir: "open" };
