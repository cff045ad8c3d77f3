import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ConnectPhase } from '../transport/transport.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import { type AddressPolicy, admitAddresses } from './address-policy.ts';
import { connectFailure, handshakeFailure, lookupFailure } from './dial-failure.ts';
import type { HostCache } from './host-cache.ts';
import type { ResolvedAddress } from './lookup.ts';
import { openTunnel } from './open-tunnel.ts';
import type { ProxyServer, ProxyTable, Route } from './proxy-table.ts';
import { AddressRace } from './race-addresses.ts';
import { type TlsFacts, type TlsIdentity, tlsFacts } from './tls-identity.ts';

/** What to connect to. */
export interface Endpoint extends Route {
  /** Over TLS. */
  readonly secure: boolean;
  /** Host name or address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Protocols to offer over TLS, best first; default `http/1.1`. */
  readonly alpn?: readonly string[];
  /** Read into this buffer (see `net.Socket`). Not possible through a tunnel: see {@link Connected.usesOnread}. */
  readonly onread?: OnReadOpts;
}

/** A connection that is ready for a request. */
export interface Connected {
  /** It has an 'error' listener for life, so no error of it can end the process. */
  readonly socket: Socket;
  /** Remote `address:port`; through a proxy the proxy's. */
  readonly address: string | undefined;
  /** Undefined for a plain connection. */
  readonly tls: TlsFacts | undefined;
  /** Bytes come through the endpoint's `onread`; else through the socket's 'data' events. */
  readonly usesOnread: boolean;
}

/** What is told while a connection is made. `onOpen` or `onFailure` comes once, unless the dial is cancelled before. */
export interface DialObserver {
  onPhase(phase: ConnectPhase): void;
  onOpen(connected: Connected): void;
  onFailure(failure: TransportFailure): void;
}

/** A connection that is being made. */
export interface Dial {
  /** Ends it at once: what was opened is destroyed, nothing is told any more. Does nothing after the end. */
  cancel(): void;
}

/** What the dials of a dialer share. */
export interface DialGround {
  readonly hosts: HostCache;
  readonly identity: TlsIdentity;
  readonly allowPrivate: AddressPolicy;
  readonly proxies: ProxyTable | undefined;
}

const HTTP_1: readonly string[] = ['http/1.1'];

/** The way to one connection: look the name up, check the addresses, connect to the first that answers, through the proxy, TLS. */
export class Dialing implements Dial {
  readonly #endpoint: Endpoint;
  readonly #observer: DialObserver;
  readonly #ground: DialGround;
  readonly #proxy: ProxyServer | undefined;
  /** What the socket is connected to: the endpoint, or its proxy. */
  readonly #hop: Route;
  readonly #tunnels: boolean;
  #phase: ConnectPhase | undefined;
  #race: AddressRace | undefined;
  #socket: Socket | undefined;
  #isOver = false;

  constructor(endpoint: Endpoint, observer: DialObserver, ground: DialGround) {
    this.#endpoint = endpoint;
    this.#observer = observer;
    this.#ground = ground;
    this.#proxy = ground.proxies?.choose(endpoint);
    this.#hop = this.#proxy ?? endpoint;
    this.#tunnels = this.#proxy !== undefined && (endpoint.secure || this.#proxy.tunnel);
  }

  start(): this {
    const { host } = this.#hop;
    const family = isIP(host);
    if (this.#proxy !== undefined && !this.#admitsThroughProxy()) return this;
    if (family !== 0) {
      this.#connect([{ address: host, family: family === 6 ? 6 : 4 }]);
      return this;
    }
    this.#enter('dns');
    this.#ground.hosts.addresses(host).then(
      (addresses) => this.#connect(addresses),
      (error) => this.#fail(lookupFailure(host, error)),
    );
    return this;
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#race?.cancel();
    this.#socket?.destroy();
  }

  /** The proxy looks names up, out of our sight; what is an address already can be judged here. */
  #admitsThroughProxy(): boolean {
    const { host } = this.#endpoint;
    const isLocal = /^(.*\.)?localhost\.?$/i.test(host);
    if (isIP(host) === 0 && !isLocal) return true;
    const address: ResolvedAddress = { address: isLocal ? '127.0.0.1' : host, family: 4 };
    const { refusal } = admitAddresses(host, [address], this.#ground.allowPrivate);
    if (refusal !== undefined) this.#fail(new TransportFailure('address-refused', refusal));
    return refusal === undefined;
  }

  #connect(addresses: readonly ResolvedAddress[]): void {
    if (this.#isOver) return;
    this.#enter('connect');
    const { host } = this.#hop;
    const { admitted, refusal } =
      this.#proxy === undefined ? admitAddresses(host, addresses, this.#ground.allowPrivate) : { admitted: addresses };
    if (admitted === undefined) {
      this.#fail(new TransportFailure('address-refused', refusal));
      return;
    }
    const race = new AddressRace(admitted, {
      open: ({ address }) => this.#open(address),
      onWon: (socket, { address }) => {
        this.#ground.hosts.prefer(host, address);
        this.#socket = socket;
        this.#onConnected(socket);
      },
      onLost: (errors) => {
        this.#ground.hosts.forget(host);
        this.#fail(connectFailure(this.#place(this.#hop), errors));
      },
    });
    if (this.#isOver) race.cancel();
    else this.#race = race;
  }

  /** The buffer of the caller is for what comes behind a tunnel, and there it cannot be used. */
  #open(address: string): Socket {
    const { secure, host, port } = this.#hop;
    const onread = this.#tunnels ? undefined : this.#endpoint.onread;
    if (!secure) {
      const options = { host: address, port, noDelay: true, autoSelectFamily: false };
      return connect(onread === undefined ? options : { ...options, onread });
    }
    const alpn = this.#proxy === undefined ? (this.#endpoint.alpn ?? HTTP_1) : HTTP_1;
    return this.#ground.identity.connect({ host, port, alpn, address, onread });
  }

  #onConnected(socket: Socket): void {
    if (!(socket instanceof TLSSocket)) {
      this.#onHop(socket);
      return;
    }
    this.#shakeHands(socket, this.#hop, () => this.#onHop(socket));
  }

  #onHop(socket: Socket): void {
    if (this.#proxy === undefined || !this.#tunnels) {
      this.#finish(socket, socket);
      return;
    }
    this.#enter('connect');
    openTunnel(socket, this.#endpoint, this.#proxy, (failure) => {
      if (this.#isOver) return;
      if (failure !== undefined) this.#fail(failure);
      else this.#onTunnel(socket);
    });
  }

  #onTunnel(socket: Socket): void {
    if (!this.#endpoint.secure) {
      this.#finish(socket, socket);
      return;
    }
    const { host, port, alpn } = this.#endpoint;
    const inner = this.#ground.identity.connect({ host, port, alpn: alpn ?? HTTP_1, over: socket });
    this.#socket = inner;
    inner.on('error', () => {});
    inner.once('close', () => socket.destroy());
    this.#shakeHands(inner, this.#endpoint, () => this.#finish(inner, socket));
  }

  #shakeHands(socket: TLSSocket, with_: Route, done: () => void): void {
    this.#enter('tls');
    const onError = (error: Error): void => this.#fail(handshakeFailure(this.#place(with_), 'tls', error));
    socket.once('error', onError);
    socket.once('secureConnect', () => {
      socket.off('error', onError);
      if (!this.#isOver) done();
    });
  }

  #finish(socket: Socket, outer: Socket): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const isOverTls = this.#endpoint.secure && socket instanceof TLSSocket;
    this.#observer.onOpen({
      socket,
      address: addressOf(outer),
      tls: isOverTls ? tlsFacts(socket) : undefined,
      usesOnread: this.#endpoint.onread !== undefined && !this.#tunnels,
    });
  }

  #fail(failure: TransportFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket?.destroy();
    this.#observer.onFailure(failure);
  }

  #enter(phase: ConnectPhase): void {
    if (this.#phase === phase) return;
    this.#phase = phase;
    this.#observer.onPhase(phase);
  }

  #place({ host, port }: Route): string {
    const name = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    return this.#proxy !== undefined && host === this.#proxy.host ? `the proxy ${name}` : name;
  }
}

function addressOf({ remoteAddress, remotePort, remoteFamily }: Socket): string | undefined {
  if (remoteAddress === undefined) return undefined;
  return remoteFamily === 'IPv6' ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
