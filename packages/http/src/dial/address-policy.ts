import { addressKind } from './address-kind.ts';
import type { ResolvedAddress } from './lookup.ts';

/**
 * Whether connections may be made to addresses that are not public: all of them, none, or those for which the function says so. It is
 * asked for each address when a connection to it would be made.
 */
export type AddressPolicy = boolean | ((address: string, host: string) => boolean);

/** The addresses that may be connected to, or why none may. */
export type Admission =
  | { readonly admitted: readonly ResolvedAddress[]; readonly refusal?: undefined }
  | { readonly admitted?: undefined; readonly refusal: string };

/**
 * Holds the addresses of a host against the policy. It looks at addresses, never at names, so no spelling and no DNS answer gets around it.
 * A *name* that leads to 0.0.0.0 or :: was blocked by its resolver: only a function can allow that.
 */
export function admitAddresses(host: string, addresses: readonly ResolvedAddress[], policy: AddressPolicy): Admission {
  let refused: ResolvedAddress | undefined;
  const admitted = addresses.filter((resolved) => {
    const isAdmitted = mayConnect(host, resolved.address, policy);
    if (!isAdmitted) refused ??= resolved;
    return isAdmitted;
  });
  if (admitted.length > 0 || refused === undefined) return { admitted };
  const { address } = refused;
  const kind = addressKind(address);
  const what = host === address ? host : `${host} leads to ${address}, which`;
  return {
    refusal:
      kind === 'unspecified' && host !== address
        ? `${what} means that its resolver blocks the name`
        : `${what} is not a public address (${kind}), and allowPrivate does not allow it here`,
  };
}

function mayConnect(host: string, address: string, policy: AddressPolicy): boolean {
  const kind = addressKind(address);
  if (kind === 'public') return true;
  if (typeof policy === 'function') return policy(address, host);
  return policy && (kind !== 'unspecified' || host === address);
}
