import assert from 'node:assert/strict';
import {
  classifyStatus,
  HttpError,
  type LimitOptions,
  type Lookup,
  type Phase,
  type Reply,
  type ResolvedAddress,
  Session,
  type SessionOptions,
} from '@sluice/http';
import { type HostileCase, type Lab, labLookup } from '@sluice/lab';
import { until } from '../support/until.ts';
import type { Expectation } from './expectations/expectation.ts';

/** What a request came to, as the engine would record it. */
export interface Outcome {
  readonly class: string;
  /** The error's code, or the status. */
  readonly code: string;
  readonly phase: Phase;
  readonly message: string;
  readonly reply: Reply | undefined;
  readonly error: HttpError | undefined;
}

export type TransportName = 'wire' | 'undici';
export const TRANSPORTS: readonly TransportName[] = ['wire', 'undici'];

/** Far beyond what anything here takes on a loaded machine: what is to run out has a limit of its own. */
const DEADLINE: LimitOptions = { timeout: '20s' };
const SHORT: Readonly<Record<string, LimitOptions>> = {
  'never-answers': { timeouts: { headers: '200ms' } },
  'slow-headers': { timeouts: { headers: '700ms' } },
  'body-drip': { minSpeed: { bytesPerSecond: 1000, over: '300ms' } },
  'body-stalls': { timeouts: { idle: '300ms' } },
  'name-silent': { timeouts: { dns: '200ms' } },
  'handshake-hang': { timeouts: { tls: '300ms' } },
  'endless-body': { maxBodyBytes: 4 * 1024 * 1024 },
};
/** A server that only seems to hang up on those who leave bodies unread does it to one of many. */
const UNREAD_REQUESTS = 30;

/**
 * Asks a case of the lab as it wants to be asked, over a session of its own, and waits until `open` connections are left, as the session sees
 * it and as the lab does.
 */
export async function outcomeOf(
  hostile: HostileCase,
  lab: Lab,
  transport: TransportName,
  { open, isSpent = false }: Pick<Expectation, 'open' | 'isSpent'>,
): Promise<Outcome> {
  await using session = new Session({ ...DEADLINE, ...SHORT[hostile.name], ...optionsFor(hostile, lab), transport });
  const url = hostile.url(lab.hostile!.addresses);
  const outcome = await ask(session, hostile, url);
  await until(`the session has ${open} connections`, () => session.stats().open === open);
  // Through a proxy of the lab's each connection is two of the lab's.
  const atLab = hostile.needs === 'proxy' ? 2 * open : open;
  await until(`the lab has ${atLab} connections`, () => lab.openConnections === atLab);
  if (open > 0 && !isSpent) await useAgain(session, new URL('/uuid', url));
  return outcome;
}

/** The connection that is left is not only open but good. */
async function useAgain(session: Session, url: URL): Promise<void> {
  const { evidence } = await session.get(url);
  assert.equal(evidence.reused, true, 'it went over a new connection');
}

async function ask(session: Session, hostile: HostileCase, url: string): Promise<Outcome> {
  try {
    if (hostile.needs === 'unread') await leaveUnread(session, url);
    if (hostile.needs === 'twice') await session.get(url);
    const reply = await session.get(url);
    if (hostile.needs === 'json') reply.json();
    const { status, headers, evidence } = reply;
    const code = String(status);
    return {
      class: classifyStatus(status, headers),
      code,
      phase: evidence.phase,
      message: '',
      reply,
      error: undefined,
    };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const { code, phase, message } = error;
    return { class: error.class, code, phase, message, reply: undefined, error };
  }
}

async function leaveUnread(session: Session, url: string): Promise<void> {
  for (let asked = 0; asked < UNREAD_REQUESTS; asked++) {
    await using reply = await session.stream(url);
    if (!reply.ok) throw new Error(`status ${reply.status}`);
  }
}

function optionsFor(hostile: HostileCase, lab: Lab): SessionOptions {
  const { addresses, ca } = lab.hostile!;
  switch (hostile.needs) {
    case 'ca':
      return { tls: { ca } };
    case 'http2':
      return { tls: { ca }, http2: true };
    case 'proxy':
      return { tls: { ca }, proxy: addresses.proxy };
    case 'authorization':
      return { tls: { ca }, bearer: 'secret', headers: { cookie: 'secret=1' }, allowPrivate: () => true };
    case 'lookup':
      return { lookup: lookUpInLab };
    default:
      return {};
  }
}

const lookUpInLab: Lookup = (host) => {
  const { promise, resolve, reject } = Promise.withResolvers<readonly ResolvedAddress[]>();
  labLookup(host, { all: true }, (error, addresses) => {
    if (error !== null) reject(error);
    else resolve(addresses as ResolvedAddress[]);
  });
  return promise;
};
