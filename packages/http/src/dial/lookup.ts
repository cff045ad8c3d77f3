import { lookup as systemLookup } from 'node:dns';

/** An address of a host. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
  /** How long the answer holds; left out when the resolver does not say. */
  readonly ttlMs?: number;
}

/**
 * Finds the addresses of a host name, best first. Rejects with an error whose `code` is `ENOTFOUND` or `ENODATA` when there is no such
 * name or it has no address, and any other code (`EAI_AGAIN`, `ETIMEOUT`) when nobody could say.
 */
export type Lookup = (host: string) => Promise<readonly ResolvedAddress[]>;

/** The system's own lookup (getaddrinfo: hosts file, name servers), addresses in the order that it gives. */
export const lookupBySystem: Lookup = (host) => {
  const { promise, resolve, reject } = Promise.withResolvers<readonly ResolvedAddress[]>();
  systemLookup(host, { all: true, order: 'verbatim' }, (error, addresses) => {
    if (error !== null) reject(error);
    else resolve(addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })));
  });
  return promise;
};
