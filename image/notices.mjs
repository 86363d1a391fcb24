import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The names, versions and licences of the packages that are in the image, as their licences demand. `packages` are
 * folders relative to the repository.
 */
export function notices(repository, packages) {
  const entries = packages.map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(repository, folder, "package.json"), "utf8"),
    );
    return { title: `${name} ${version} (${license})`, text: licenceText(join(repository, folder)) };
  });
  const sorted = entries.toSorted((a, b) => (a.title < b.title ? -1 : 1));
  const node = nodeLicence();
  if (node !== undefined) sorted.push({ title: `Node.js ${process.versions.node}`, text: node });
  return sorted.map(({ title, text }) => `${"=".repeat(80)}\n${title}\n\n${text.trim()}\n`).join("\n");
}

function licenceText(folder) {
  const files = readdirSync(folder).filter((name) => /^(?:licen[cs]e|notice|copying)/i.test(name));
  return files.map((name) => readFileSync(join(folder, name), "utf8").trim()).join("\n\n");
}

/** Beside the folder of the binary, in Node's own archives and images. */
function nodeLicence() {
  const file = join(dirname(dirname(process.execPath)), "LICENSE");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
