import { UsageError } from '@sluice/core';
import { Dialer } from './dial/dialer.ts';
import { ProxyTable } from './dial/proxy-table.ts';
import { Http2Transport } from './http2/http2-transport.ts';
import type { SessionOptions } from './options.ts';
import type { OriginStats, Transport } from './transport/transport.ts';
import { UndiciTransport } from './transport/undici-transport.ts';
import { WireTransport } from './wire/wire-transport.ts';

/**
 * The transports of a session: the usual one and, where the address policy makes a difference between what a user asked for and where a
 * server leads, one whose connections go to public addresses only. Connections of the one are never used by the other.
 */
export class SessionWires {
  readonly usual: Transport;
  readonly proxies: ProxyTable | undefined;
  readonly #makeGuarded: (() => Transport) | undefined;
  #guarded: Transport | undefined;
  #isClosed = false;

  constructor(options: SessionOptions, maxConnectionsPerOrigin: number, keepAliveMs: number) {
    this.proxies = options.proxy === undefined ? undefined : ProxyTable.from(options.proxy);
    const { transport = 'wire' } = options;
    if (typeof transport !== 'string') {
      if (options.http2) throw new UsageError('http2 is for the transports of this package, not for one of yours');
      this.usual = transport;
      return;
    }
    const allowPrivate = options.allowPrivate ?? 'typed';
    const dialer = new Dialer({
      tls: options.tls,
      lookup: options.lookup,
      proxy: this.proxies,
      allowPrivate: allowPrivate === 'typed' ? true : allowPrivate,
    });
    const wire = (over: Dialer): Transport => {
      const how = { maxConnectionsPerOrigin, keepAliveMs, dialer: over };
      const http1 = transport === 'wire' ? new WireTransport(how) : new UndiciTransport(how);
      const { http2 } = options;
      if (!http2) return http1;
      const wants = http2 === true ? () => true : http2;
      return new Http2Transport({
        dialer: over,
        keepAliveMs,
        maxStreams: maxConnectionsPerOrigin,
        wants,
        fallback: http1,
      });
    };
    this.usual = wire(dialer);
    if (allowPrivate === 'typed') this.#makeGuarded = () => wire(new Dialer({ allowPrivate: false }, dialer));
  }

  /** The transport for URLs that no user asked for. */
  guarded(): Transport {
    if (this.#makeGuarded === undefined || this.#isClosed) return this.#guarded ?? this.usual;
    this.#guarded ??= this.#makeGuarded();
    return this.#guarded;
  }

  stats(): Record<string, OriginStats> {
    const stats = this.usual.stats();
    for (const [origin, more] of Object.entries(this.#guarded?.stats() ?? {})) {
      const known = stats[origin] ?? { open: 0, inFlight: 0, waiting: 0 };
      stats[origin] = {
        open: known.open + more.open,
        inFlight: known.inFlight + more.inFlight,
        waiting: known.waiting + more.waiting,
      };
    }
    return stats;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.usual.close(), this.#guarded?.close()]);
  }
}
