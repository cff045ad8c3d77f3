import { isIP } from 'node:net';
import { UsageError } from '@sluice/core';
import { basicAuthorization } from '../request-headers.ts';

/** A proxy that requests go through. */
export interface ProxyOptions {
  /** `http://` or `https://`; a user and password in it are sent to the proxy alone. */
  readonly url: string | URL;
  /** Hosts that are reached without it: `example.com` (and what is below it), `.example.com`, `host:8080`, an address, `10.0.0.0/8`, `*`. */
  readonly noProxy?: string | readonly string[];
  /** Open a tunnel (CONNECT) for http:// URLs as well, instead of asking the proxy to fetch them. Default false. */
  readonly tunnel?: boolean;
}

/** A proxy as it is dialled. */
export interface ProxyServer {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** The value of `Proxy-Authorization`. */
  readonly authorization: string | undefined;
  readonly tunnel: boolean;
}

/** Which host is reached how. */
export interface Route {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
}

/** Where an origin (`http://host:port`) leads. */
export function routeOf(origin: string): Route {
  const { protocol, hostname, port } = new URL(origin);
  const secure = protocol === 'https:';
  return {
    secure,
    host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
  };
}

const HTTP_PROXY = 'http_proxy';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which proxy a request goes through, by its scheme and host. */
export class ProxyTable {
  readonly #http: ProxyServer | undefined;
  readonly #https: ProxyServer | undefined;
  readonly #noProxy: readonly string[];

  private constructor(
    http: ProxyServer | undefined,
    https: ProxyServer | undefined,
    noProxy: string | readonly string[],
  ) {
    this.#http = http;
    this.#https = https;
    this.#noProxy = (typeof noProxy === 'string' ? noProxy.split(/[\s,]+/) : noProxy)
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== '');
  }

  /**
   * Reads the `proxy` option: a URL, options, `env:NAME` for a URL in an environment variable, or `env` for what `http_proxy`,
   * `https_proxy`, `all_proxy` and `no_proxy` say (capital letters too). The environment is never read unasked.
   *
   * @throws UsageError for what is no http or https URL, or a variable that is not set.
   */
  static from(option: string | URL | ProxyOptions, env: Environment = process.env): ProxyTable {
    if (option === 'env') return ProxyTable.#fromEnvironment(env);
    if (typeof option === 'string' && option.startsWith('env:')) {
      const value = env[option.slice(4)];
      if (value === undefined || value === '')
        throw new UsageError(`the proxy's variable ${option.slice(4)} is not set`);
      const server = proxyServer(value, false);
      return new ProxyTable(server, server, variable(env, 'no_proxy') ?? '');
    }
    const { url, noProxy, tunnel } = typeof option === 'string' || option instanceof URL ? { url: option } : option;
    const server = proxyServer(url, tunnel ?? false);
    return new ProxyTable(server, server, noProxy ?? []);
  }

  /** The proxy for a connection; undefined when it is made directly. */
  choose(route: Route): ProxyServer | undefined {
    const server = route.secure ? this.#https : this.#http;
    return server === undefined || this.#noProxy.some((entry) => matches(entry, route)) ? undefined : server;
  }

  static #fromEnvironment(env: Environment): ProxyTable {
    const all = variable(env, 'all_proxy');
    const isCgi = variable(env, 'request_method') !== undefined;
    // Under CGI, HTTP_PROXY is a header that any client can send (httpoxy).
    const http = (isCgi ? env[HTTP_PROXY] : variable(env, HTTP_PROXY)) ?? all;
    const https = variable(env, 'https_proxy') ?? all;
    return new ProxyTable(
      http === undefined || http === '' ? undefined : proxyServer(http, false),
      https === undefined || https === '' ? undefined : proxyServer(https, false),
      variable(env, 'no_proxy') ?? '',
    );
  }
}

function variable(env: Environment, name: string): string | undefined {
  return env[name] ?? env[name.toUpperCase()];
}

function proxyServer(input: string | URL, tunnel: boolean): ProxyServer {
  const text = String(input);
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  // The URL may hold a password: it is not shown.
  if (url === null) throw new UsageError('the proxy is no URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`a proxy is reached by http or https, not ${url.protocol}`);
  }
  const secure = url.protocol === 'https:';
  const hasUser = url.username !== '' || url.password !== '';
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    authorization: hasUser
      ? basicAuthorization({ user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) })
      : undefined,
    tunnel,
  };
}

function matches(entry: string, { host, port }: Route): boolean {
  if (entry === '*') return true;
  const bare = host.replace(/\.$/, '').toLowerCase();
  const range = /^([\d.]+)\/(\d+)$/.exec(entry);
  if (range !== null) return isIP(bare) === 4 && sharesPrefix(bare, range[1]!, Number(range[2]));
  if (isIP(entry.replace(/^\[|\]$/g, '')) !== 0) return bare === entry.replace(/^\[|\]$/g, '');
  const withPort = /^(.*):(\d+)$/.exec(entry);
  if (withPort !== null) return Number(withPort[2]) === port && matches(withPort[1]!, { secure: false, host, port });
  const domain = entry.replace(/^\*?\./, '');
  return bare === domain || bare.endsWith(`.${domain}`);
}

function sharesPrefix(address: string, network: string, bits: number): boolean {
  if (isIP(network) !== 4 || bits > 32) return false;
  const difference = (numberOf(address) ^ numberOf(network)) >>> 0;
  return bits === 0 || difference >>> (32 - bits) === 0;
}

function numberOf(address: string): number {
  return address.split('.').reduce((value, part) => ((value << 8) | Number(part)) >>> 0, 0);
}
