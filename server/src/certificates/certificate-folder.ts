import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { renew } from "./renew.ts";
import type { RenewedCertificates, StoredCertificates } from "./renew.ts";

/** What a server needs to speak TLS, and what its clients need to trust it. */
export interface ServingCertificate {
  readonly key: string;
  readonly cert: string;
  /** File of the CA certificate, for `curl --cacert`; absent when the certificate is not ours. */
  readonly caFile: string | undefined;
  /** What had to be made. */
  readonly made: RenewedCertificates["made"];
}

export interface CertificateOptions {
  /** DNS names and addresses under which clients come. */
  readonly hosts: readonly string[];
  readonly now: Date;
}

/** `$XDG_CACHE_HOME/portcullis`, else `~/.cache/portcullis`. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const base = environment.XDG_CACHE_HOME;
  return base && base.startsWith("/") ? join(base, "portcullis") : join(homedir(), ".cache", "portcullis");
}

/**
 * The serving certificate of a folder (`tls.crt`, `tls.key`, `ca.crt`, `ca.key`, the names Gatekeeper uses). What is
 * missing, of other hosts, or invalid within 90 days is made anew; a CA that is still good is kept, so that clients go on
 * trusting it. A folder with a certificate and no `ca.key` belongs to somebody else: it is used as it is.
 * Throws an Error that names the folder when it cannot be read, written or used.
 */
export async function servingCertificate(
  folder: string,
  options: CertificateOptions,
): Promise<ServingCertificate> {
  const found = await readFiles(folder);
  const caFile = join(folder, "ca.crt");
  if (found.cert && found.key && !found.caKey) {
    refuseUnusable(folder, found.cert, found.key, options.now);
    return { cert: found.cert, key: found.key, caFile: found.caCert ? caFile : undefined, made: "nothing" };
  }
  const { authority, leaf, made } = await renew(found, options);
  if (made === "nothing") return { ...leaf, caFile, made };
  await writeFiles(folder, {
    ...(made === "ca" ? { "ca.key": authority.key, "ca.crt": authority.cert } : {}),
    "tls.key": leaf.key,
    "tls.crt": leaf.cert,
  });
  return { ...leaf, caFile, made };
}

async function readFiles(folder: string): Promise<StoredCertificates> {
  const read = async (name: string): Promise<string | undefined> => {
    try {
      return await readFile(join(folder, name), "utf8");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return undefined;
      throw new Error(`cannot read ${join(folder, name)}: ${code ?? String(error)}`, { cause: error });
    }
  };
  return {
    caCert: await read("ca.crt"),
    caKey: await read("ca.key"),
    cert: await read("tls.crt"),
    key: await read("tls.key"),
  };
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      // Written aside and renamed: another process that starts at the same moment reads the old file or the new one.
      const aside = `${path}.${process.pid}`;
      await writeFile(aside, text, { mode: 0o600 });
      if (name.endsWith(".crt")) await chmod(aside, 0o644);
      await rename(aside, path);
    }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Error(
      `cannot keep certificates in ${folder}: ${reason}; choose another folder with --cert-dir`,
      {
        cause: error,
      },
    );
  }
}

function refuseUnusable(folder: string, cert: string, key: string, now: Date): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
    if (!certificate.checkPrivateKey(createPrivateKey(key)))
      throw new Error("tls.key does not belong to tls.crt");
  } catch (error) {
    throw new Error(`cannot use the certificate in ${folder}: ${(error as Error).message}`, { cause: error });
  }
  if (certificate.validToDate < now) {
    throw new Error(`the certificate in ${folder} expired on ${certificate.validToDate.toISOString()}`);
  }
}
