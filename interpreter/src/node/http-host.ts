import * as http from "node:http";
import * as https from "node:https";
import { rootCertificates } from "node:tls";
import { bytesOf, textOf } from "../builtins/go/bytes.ts";
import type { HttpPlan } from "../builtins/http/plan.ts";
import type { HttpAnswer } from "../builtins/http/response.ts";
import type { Value } from "../value/value.ts";
import { allowedHosts, type AllowedHosts } from "./addresses.ts";
import { systemResolve, type Resolve } from "./dns-host.ts";
import type { HostCallHandler } from "./host-calls.ts";
import { HttpCache, refreshed, validators, type HttpResponse } from "./http-cache.ts";

export interface HttpHostOptions {
  /** Where requests may go (see `addresses.ts`); nothing is allowed that is not listed. */
  readonly allow: readonly string[];
  /** Used where a policy gives no timeout; default 5 s. */
  readonly timeoutMs?: number;
  /** The most that a policy may ask for; default 30 s. */
  readonly maxTimeoutMs?: number;
  /** Default 3. */
  readonly maxRetries?: number;
  /** A longer body fails the request; default 10 MiB. */
  readonly maxBodyBytes?: number;
  /** Space for responses kept between queries; default 10 MiB. */
  readonly cacheBytes?: number;
  /** Lets policies switch certificate checks off (`tls_insecure_skip_verify`). Default false. */
  readonly allowInsecureTls?: boolean;
  /** Reads the file of a `tls_…_file` parameter; without it those parameters are refused. */
  readonly readFile?: (path: string) => string;
  /** Reads the variable of a `tls_…_env_variable` parameter; without it those parameters are refused. */
  readonly readVariable?: (name: string) => string | undefined;
  readonly resolve?: Resolve;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** A failure on the way, told apart from refusals: policies see another code for it. */
class NetworkError extends Error {}

const MAX_REDIRECTS = 10;
const USER_AGENT = "Open Policy Agent/portcullis";

/** Answers `http.send`: checks each hop against the allow-list after name resolution, and connects to the checked address. */
export function httpHost(options: HttpHostOptions): HostCallHandler {
  const sender = new Sender(options);
  return async (request) => {
    const answer: unknown = await sender.send(request as unknown as HttpPlan);
    return answer as Value;
  };
}

class Sender {
  readonly #options: HttpHostOptions;
  readonly #allowed: AllowedHosts;
  readonly #cache: HttpCache;

  constructor(options: HttpHostOptions) {
    this.#options = options;
    this.#allowed = allowedHosts(options.allow);
    this.#cache = new HttpCache(options.cacheBytes ?? 10 * 2 ** 20);
  }

  /** Never rejects: what goes wrong is an answer too. */
  async send(plan: HttpPlan): Promise<HttpAnswer> {
    try {
      return plan.cache ? await this.#sendCached(plan, plan.cache) : await this.#sendRetrying(plan);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { error: message, isNetwork: error instanceof NetworkError };
    }
  }

  async #sendCached(plan: HttpPlan, cache: NonNullable<HttpPlan["cache"]>): Promise<HttpResponse> {
    const now = this.#options.now ?? Date.now;
    const kept = this.#cache.find(cache.key, now());
    if (kept?.isFresh) return kept.response;
    const conditions = kept ? validators(kept.response) : {};
    const answer = await this.#sendRetrying({ ...plan, headers: { ...plan.headers, ...conditions } });
    const isUnchanged = kept !== undefined && answer.statusCode === 304 && Object.keys(conditions).length > 0;
    const response = isUnchanged ? refreshed(kept.response, answer) : answer;
    this.#cache.store(cache, response, now());
    return response;
  }

  async #sendRetrying(plan: HttpPlan): Promise<HttpResponse> {
    const retries = Math.min(plan.retries, this.#options.maxRetries ?? 3);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#sendOnce(plan);
      } catch (error) {
        if (!(error instanceof NetworkError) || attempt >= retries) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** attempt, 5_000)));
      }
    }
  }

  /** One attempt, redirects included, within the timeout. */
  async #sendOnce(plan: HttpPlan): Promise<HttpResponse> {
    const verb = plan.method.charAt(0) + plan.method.slice(1).toLowerCase();
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), this.#timeoutMs(plan));
    try {
      return await this.#follow(plan, controller.signal);
    } catch (error) {
      if (controller.signal.aborted)
        throw new NetworkError(`${verb} ${plan.url}: request timed out`, { cause: error });
      if (!(error instanceof NetworkError)) throw error;
      throw new NetworkError(`${verb} ${JSON.stringify(plan.url)}: ${error.message}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  #timeoutMs(plan: HttpPlan): number {
    const most = this.#options.maxTimeoutMs ?? 30_000;
    if (plan.timeoutNs === null) return Math.min(this.#options.timeoutMs ?? 5_000, most);
    // In Go no timeout is 0; ours always ends.
    const wanted = Number(plan.timeoutNs) / 1e6;
    return wanted <= 0 ? most : Math.min(wanted, most);
  }

  async #follow(plan: HttpPlan, signal: AbortSignal): Promise<HttpResponse> {
    let current = plan;
    for (let hop = 0; ; hop++) {
      const response = await this.#exchange(current, signal);
      const location = response.headers["location"]?.[0];
      const isRedirect = [301, 302, 303, 307, 308].includes(response.statusCode);
      if (!plan.followRedirects || !isRedirect || location === undefined) return response;
      if (hop >= MAX_REDIRECTS) throw new NetworkError(`stopped after ${MAX_REDIRECTS} redirects`);
      current = redirected(current, new URL(location, current.url), response.statusCode);
    }
  }

  async #exchange(plan: HttpPlan, signal: AbortSignal): Promise<HttpResponse> {
    const url = parse(plan.url);
    const hostname = url.hostname.replace(/^\[|\]$/g, "");
    const address = await this.#resolve(hostname);
    const isTls = url.protocol === "https:";
    const headers: Record<string, string> = { "User-Agent": USER_AGENT, ...plan.headers };
    const body = plan.body === null ? undefined : bytesOf(plan.body);
    if (body) headers["Content-Length"] = String(body.length);
    const request: https.RequestOptions = {
      method: plan.method,
      headers,
      signal,
      agent: false,
      // The address that was checked, not a second answer of the resolver.
      host: address,
      port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
      path: url.pathname + url.search,
      setHost: false,
      ...(isTls ? this.#tlsOptions(plan, headers["Host"] ?? hostname) : {}),
    };
    headers["Host"] ??= url.host;
    if (url.username !== "") headers["Authorization"] ??= basicCredentials(url);
    return exchange(isTls ? https : http, request, body, this.#options.maxBodyBytes ?? 10 * 2 ** 20);
  }

  async #resolve(hostname: string): Promise<string> {
    if (!this.#allowed.allowsName(hostname)) throw new Error(`disallowed host: ${hostname}`);
    let addresses: readonly string[];
    try {
      addresses = await (this.#options.resolve ?? systemResolve)(hostname);
    } catch (error) {
      throw new NetworkError(`dial tcp: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    const [first] = addresses;
    if (first === undefined) throw new NetworkError(`dial tcp: lookup ${hostname}: no such host`);
    const refused = addresses.find((address) => !this.#allowed.allowsAddress(address));
    if (refused !== undefined) throw new Error(`disallowed address of ${hostname}: ${refused}`);
    return first;
  }

  #tlsOptions(plan: HttpPlan, hostname: string): https.RequestOptions {
    const { tls } = plan;
    const skipsChecks = tls["tls_insecure_skip_verify"] === true;
    if (skipsChecks && !this.#options.allowInsecureTls)
      throw new Error("tls_insecure_skip_verify is not switched on");
    const ca = this.#pem(plan, "tls_ca_cert")?.replaceAll("\\n", "\n");
    const cert = this.#pem(plan, "tls_client_cert");
    const key = this.#pem(plan, "tls_client_key");
    const serverName = typeof tls["tls_server_name"] === "string" ? tls["tls_server_name"] : hostname;
    return {
      ...(ca === undefined
        ? {}
        : { ca: tls["tls_use_system_certs"] === true ? [...rootCertificates, ca] : [ca] }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
      // An address is no server name (RFC 6066); Node refuses to send one.
      servername: /^[\d.]+$|:/.test(serverName) ? "" : serverName,
      rejectUnauthorized: !skipsChecks,
    };
  }

  /** A certificate or key, given as text, by file or by environment variable. */
  #pem(plan: HttpPlan, name: string): string | undefined {
    const { tls } = plan;
    const text = tls[name];
    if (typeof text === "string" && text !== "") return text;
    const file = tls[`${name}_file`];
    if (typeof file === "string" && file !== "") {
      if (!this.#options.readFile) throw new Error(`${name}_file is not switched on`);
      return this.#options.readFile(file);
    }
    const variable = tls[`${name}_env_variable`];
    if (typeof variable === "string" && variable !== "") {
      if (!this.#options.readVariable) throw new Error(`${name}_env_variable is not switched on`);
      return this.#options.readVariable(variable) ?? "";
    }
    return undefined;
  }
}

function parse(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`parse ${JSON.stringify(text)}: invalid URL`);
  }
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  throw new NetworkError(`unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, -1))}`);
}

function basicCredentials(url: URL): string {
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

/** The next request of a redirect: without body where the method changes, without credentials on another host. */
function redirected(plan: HttpPlan, to: URL, status: number): HttpPlan {
  const keepsMethod = status === 307 || status === 308 || plan.method === "GET" || plan.method === "HEAD";
  const isSameHost = new URL(plan.url).host === to.host;
  const dropped = new Set(["Host", ...(isSameHost ? [] : ["Authorization", "Cookie", "Www-Authenticate"])]);
  const headers = Object.fromEntries(Object.entries(plan.headers).filter(([name]) => !dropped.has(name)));
  return { ...plan, url: to.href, headers, ...(keepsMethod ? {} : { method: "GET", body: null }) };
}

function exchange(
  protocol: typeof http | typeof https,
  options: https.RequestOptions,
  body: Uint8Array | undefined,
  maxBytes: number,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new NetworkError(error.message, { cause: error }));
    const request = protocol.request(options, (response) => {
      const chunks: Uint8Array[] = [];
      let length = 0;
      response.on("error", fail);
      response.on("data", (chunk: Uint8Array) => {
        length += chunk.length;
        if (length <= maxBytes) chunks.push(chunk);
        else {
          // Before the end, which may already be on its way.
          fail(new Error(`response body is longer than ${maxBytes} bytes`));
          request.destroy();
        }
      });
      response.on("end", () => {
        const statusCode = response.statusCode ?? 0;
        resolve({
          status: `${statusCode} ${response.statusMessage ?? ""}`.trim(),
          statusCode,
          headers: headersOf(response),
          body: textOf(Buffer.concat(chunks)),
        });
      });
    });
    request.on("error", fail);
    request.end(body);
  });
}

function headersOf(response: http.IncomingMessage): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [name, values] of Object.entries(response.headersDistinct)) if (values) headers[name] = values;
  return { ...headers };
}
