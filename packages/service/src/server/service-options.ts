import { type Duration, parseDuration, UsageError } from '@sluice/core';
import type { FastifyServerOptions } from 'fastify';
import type { AnyJob } from '../runs/make-job.ts';
import { hostName, isLoopback } from '../security/host-names.ts';

/** Options of `createService`. */
export interface ServiceOptions {
  /** The address to listen on. Default `127.0.0.1`: this machine only. Any other needs a token. */
  readonly host?: string;
  /** Default 8787; 0 is any free port. */
  readonly port?: number;
  /** Where the ledgers lie; made when it is missing. Default `./sluice-runs`. */
  readonly folder?: string;
  /** Who may call: whoever sends it as `Authorization: Bearer …`, or has signed in with it on the page. At least 16 characters. Default: anyone on this machine. */
  readonly token?: string;
  /** Jobs that can be run by their name. Clients choose among them and the built-in verbs; they can bring no code. */
  readonly jobs?: Readonly<Record<string, AnyJob>>;
  /** Names by which the service is called, besides those of this machine and `host`; without ports. */
  readonly allowedHosts?: readonly string[];
  /** Runs that go on at once; the others are queued. Default 4. */
  readonly maxRuns?: number;
  /** How long what is under way may go on when a run is stopped or the service is closed. Default `'10s'`. */
  readonly grace?: Duration;
  /** The longest list that can be uploaded, in bytes. Default 256 MiB. */
  readonly maxListBytes?: number;
  /**
   * Whether the fetches that clients submit may call private addresses (this machine, its networks), which are judged when they are connected to, on every
   * hop. Default: true on loopback, else false. Registered jobs are the operator's own: their `http` says.
   */
  readonly allowPrivate?: boolean;
  /** Fastify's logger. Default: none. */
  readonly logger?: FastifyServerOptions['logger'];
}

/** {@link ServiceOptions}, checked, with every default filled in. */
export interface CheckedOptions {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  readonly token: string | undefined;
  readonly jobs: Readonly<Record<string, AnyJob>>;
  readonly allowPrivate: boolean;
  readonly allowedHosts: ReadonlySet<string>;
  readonly maxRuns: number;
  readonly graceMs: number;
  readonly maxListBytes: number;
  readonly logger: NonNullable<FastifyServerOptions['logger']>;
}

const MIN_TOKEN_LENGTH = 16;

/** Checks the options of a service. @throws UsageError for what cannot be, and for what would open the service to others by accident */
export function checkOptions(options: ServiceOptions): CheckedOptions {
  const { host = '127.0.0.1', port = 8787, folder = './sluice-runs', token, maxRuns = 4 } = options;
  const { maxListBytes = 256 * 1024 * 1024 } = options;
  const isPrivate = isLoopback(host);
  if (!isPrivate && token === undefined) {
    throw new UsageError(
      `others can reach ${host}: set a token that callers must give (token, --token env:NAME), or listen on 127.0.0.1`,
    );
  }
  if (token !== undefined && (token.length < MIN_TOKEN_LENGTH || /\s/.test(token))) {
    throw new UsageError(
      `the token must have at least ${MIN_TOKEN_LENGTH} characters and no white space: make one with openssl rand -hex 24`,
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`the port must be a whole number from 0 to 65535, not ${String(port)}`);
  }
  requireCount(maxRuns, 'maxRuns');
  requireCount(maxListBytes, 'maxListBytes');
  return {
    host,
    port,
    folder,
    token,
    jobs: options.jobs ?? {},
    allowPrivate: options.allowPrivate ?? isPrivate,
    allowedHosts: namesOf([host, ...(options.allowedHosts ?? [])]),
    maxRuns,
    graceMs: parseDuration(options.grace ?? '10s'),
    maxListBytes,
    logger: options.logger ?? false,
  };
}

function requireCount(value: number, name: string): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new UsageError(`${name} must be a whole number of 1 or more, not ${String(value)}`);
}

function namesOf(hosts: readonly string[]): ReadonlySet<string> {
  return new Set(
    hosts.map((host) => {
      const name = hostName(host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);
      if (name !== undefined) return name;
      throw new UsageError(`'${host}' is no host name: write it without scheme and port`);
    }),
  );
}
