import { BuiltinError, type BuiltinContext, type HostCrypto } from "./builtin.ts";

/** A key object of the host. */
export type HostKey = ReturnType<HostCrypto["createPublicKey"]>;

/** The host's cryptography. Throws {@link BuiltinError} where the embedding process grants none. */
export function hostCrypto(context: BuiltinContext): HostCrypto {
  if (context.host.crypto) return context.host.crypto;
  throw new BuiltinError("this process grants policies no cryptography");
}

/** Charges for work over that many bytes. */
export function chargeBytes(context: BuiltinContext, length: number): void {
  context.charge(1 + Math.ceil(length / 100));
}
