/** A process that asks what it is told to ask, with the client that it is given: it may hang, crash and take all memory. */
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { type HostileCase, hostileCases, labLookup } from '@sluice/lab';
import type { Ask, Client } from './clients/client.ts';
import { READY } from './peer-process.ts';
import { describe, judgeError, judgeReply, type Verdict } from './verdict.ts';

/** What the process is asked for. */
export interface Question {
  readonly name: string;
  readonly url: string;
  readonly labUrl: string;
}

/** What it answers. */
export interface Answer {
  readonly name: string;
  readonly verdict: Verdict;
}

const UNREAD_REQUESTS = 30;
const CROWD = 60;
/** A crash comes a moment after the response that was left unread. */
const CALM_MS = 1000;

dns.lookup = labLookup as typeof dns.lookup;
syncBuiltinESMExports();
const { client } = (await import(`./clients/${process.argv[2]}.ts`)) as { client: Client };
process.on('message', answer);
process.send!({ name: READY });

async function answer(question: Question): Promise<void> {
  const { name } = question;
  const hostile = hostileCases.find((each) => each.name === name)!;
  process.send!({ name, verdict: await verdictOn(hostile, question) } satisfies Answer);
}

async function verdictOn(hostile: HostileCase, { url, labUrl }: Question): Promise<Verdict> {
  const { needs } = hostile;
  if (needs === 'few-descriptors') return await crowd(url);
  const ask: Ask = {
    headers: needs === 'authorization' ? { authorization: 'Bearer secret', cookie: 'secret=1' } : {},
    as: needs === 'json' ? 'json' : needs === 'unread' ? 'bytes' : 'text',
    http2: needs === 'http2',
  };
  try {
    if (needs === 'twice') await client.get(url, ask);
    if (needs === 'unread') {
      for (let asked = 0; asked < UNREAD_REQUESTS; asked++) await client.leaveUnread(url);
      await new Promise((resolve) => setTimeout(resolve, CALM_MS));
    }
    return await judgeReply(hostile, await client.get(url, ask), { url: labUrl });
  } catch (error) {
    return judgeError(hostile, error);
  }
}

/** More requests at once than there are descriptors: some have to fail by the right name, and all of them have to end. */
async function crowd(url: string): Promise<Verdict> {
  const ask: Ask = { headers: {}, as: 'text', http2: false };
  const errors = new Set<string>();
  await Promise.all(
    Array.from({ length: CROWD }, () => client.get(url, ask).catch((error) => errors.add(describe(error)))),
  );
  const isRight = errors.size === 0 || [...errors].join() === '`EMFILE`';
  return { kind: isRight ? 'right' : 'refuses', text: [...errors].join(', ') || 'waits' };
}
