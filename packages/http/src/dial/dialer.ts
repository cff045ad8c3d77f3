import type { TlsOptions } from '../options.ts';
import type { AddressPolicy } from './address-policy.ts';
import { type Dial, type DialGround, Dialing, type DialObserver, type Endpoint } from './dialing.ts';
import { HostCache } from './host-cache.ts';
import { type Lookup, lookupBySystem } from './lookup.ts';
import type { ProxyTable } from './proxy-table.ts';
import { TlsIdentity } from './tls-identity.ts';

/** How connections are made. */
export interface DialerOptions {
  readonly tls?: TlsOptions | undefined;
  /** Finds addresses; default the system's lookup. */
  readonly lookup?: Lookup | undefined;
  /** Whether addresses that are not public may be connected to; default true. The address of a proxy always may. */
  readonly allowPrivate?: AddressPolicy | undefined;
  readonly proxy?: ProxyTable | undefined;
}

/**
 * Makes connections, and knows what earlier ones taught: addresses of hosts, which of them answered, TLS sessions. It sets no deadline:
 * whoever dials cancels.
 */
export class Dialer {
  readonly #ground: DialGround;

  /**
   * `kin` is a dialer whose knowledge and options this one shares, but for `allowPrivate`.
   *
   * @throws UsageError for TLS options that cannot be used.
   */
  constructor(options: DialerOptions = {}, kin?: Dialer) {
    this.#ground = {
      hosts: kin === undefined ? new HostCache(options.lookup ?? lookupBySystem) : kin.#ground.hosts,
      identity: kin === undefined ? new TlsIdentity(options.tls ?? {}) : kin.#ground.identity,
      proxies: kin === undefined ? options.proxy : kin.#ground.proxies,
      allowPrivate: options.allowPrivate ?? true,
    };
  }

  /** Begins to connect. The observer may be called before this returns. */
  dial(endpoint: Endpoint, observer: DialObserver): Dial {
    return new Dialing(endpoint, observer, this.#ground).start();
  }
}
