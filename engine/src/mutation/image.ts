/** An image reference in the three parts that AssignImage can change; put together they are the reference again. */
export interface ImageParts {
  /** `gcr.io`, without the slash; empty where the first part is no domain. */
  readonly domain: string;
  readonly path: string;
  /** `:tag` or `@digest` with its first character; everything from the first of the two on. */
  readonly tag: string;
}

export function splitImage(reference: string): ImageParts {
  const slash = reference.indexOf("/");
  const first = slash < 0 ? "" : reference.slice(0, slash);
  const domain = looksLikeDomain(first) ? first : "";
  const rest = domain === "" ? reference : reference.slice(slash + 1);
  const end = rest.search(/[:@]/);
  return end < 0
    ? { domain, path: rest, tag: "" }
    : { domain, path: rest.slice(0, end), tag: rest.slice(end) };
}

export function joinImage({ domain, path, tag }: ImageParts): string {
  return `${domain === "" ? "" : `${domain}/`}${path}${tag}`;
}

const DOMAIN = /(^\w[\w\-_]*\.[\w\-_.]*\w(:\d+)?$)|(^localhost(:\d+)?$)/;
const PATH_SEGMENTS = /^[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*$/;
const TAG = /^:\w[\w.-]{0,127}$/;
const DIGEST = /^@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}$/;

/** What is wrong with the parts an AssignImage wants to set; undefined when nothing is. Texts are Gatekeeper's. */
export function validateImageParts(parts: ImageParts): string | undefined {
  const { domain, path, tag } = parts;
  if (domain === "" && path === "" && tag === "") {
    return "at least one of [assignDomain, assignPath, assignTag] must be set";
  }
  if (domain !== "" && !DOMAIN.test(domain)) {
    return `assignDomain ${JSON.stringify(domain)} must be a fully-qualified domain name or localhost`;
  }
  if (tag !== "" && !TAG.test(tag) && !DIGEST.test(tag)) {
    return `assignTag ${JSON.stringify(tag)} must be a valid docker image tag or digest starting with ':' or '@'`;
  }
  if (path !== "" && !PATH_SEGMENTS.test(path))
    return `assignPath ${JSON.stringify(path)} must be a valid docker image path`;
  // "a.b/c" as a path would be read back as the domain "a.b".
  if (domain === "" && path.includes("/") && looksLikeDomain(path.slice(0, path.indexOf("/")))) {
    return `assignDomain must be set if the first part of assignPath ${JSON.stringify(path)} can be interpretted as part of a domain`;
  }
  return undefined;
}

function looksLikeDomain(text: string): boolean {
  return text === "localhost" || /[.:]/.test(text);
}
