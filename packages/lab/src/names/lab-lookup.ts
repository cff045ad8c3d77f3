import type { LookupAddress, LookupOptions } from 'node:dns';

/** The part of `dns.lookup` that connections use. */
export type LookupFunction = (
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void;

const LOOPBACK: LookupAddress = { address: '127.0.0.1', family: 4 };
const LOOPBACK_6: LookupAddress = { address: '::1', family: 6 };
/** Set aside for documentation (RFC 3849): packets to it go nowhere. */
const BLACK_HOLE: LookupAddress = { address: '2001:db8::1', family: 6 };

const NAMES: ReadonlyMap<string, string | readonly LookupAddress[]> = new Map<string, string | LookupAddress[]>([
  ['nowhere.lab.test', 'ENOTFOUND'],
  ['again.lab.test', 'EAI_AGAIN'],
  ['only-ipv6.lab.test', [LOOPBACK_6]],
  ['zero.lab.test', [{ address: '0.0.0.0', family: 4 }]],
  ['black-hole.lab.test', [BLACK_HOLE, LOOPBACK]],
  ['lab.test', [LOOPBACK]],
]);

/**
 * Looks up the names under `lab.test` as a name server on a bad day would; hand it to a client as its `lookup`, or put it in the place of
 * `dns.lookup`. Any other name is not found, so nothing leaves this machine. `silent.lab.test` is never answered.
 *
 * ```ts
 * connect({ host: 'again.lab.test', port: lab.port, lookup: labLookup }); // EAI_AGAIN
 * ```
 */
export const labLookup: LookupFunction = (hostname, options, callback) => {
  if (hostname === 'silent.lab.test') return;
  const answer = NAMES.get(hostname) ?? (hostname === 'localhost' ? [LOOPBACK] : 'ENOTFOUND');
  process.nextTick(() => {
    if (typeof answer === 'string') callback(lookupError(answer, hostname), '', 0);
    else if (options.all === true) callback(null, [...answer]);
    else callback(null, answer[0]!.address, answer[0]!.family);
  });
};

function lookupError(code: string, hostname: string): NodeJS.ErrnoException {
  const error = new Error(`getaddrinfo ${code} ${hostname}`);
  return Object.assign(error, { code, errno: -3008, syscall: 'getaddrinfo', hostname });
}
