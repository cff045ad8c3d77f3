import { EvidenceRecord, HeaderList, Reply } from '@sluice/http';
import type { HostileCase, Lab } from '@sluice/lab';
import { EXPECTATIONS } from '../../packages/http/test/hostile/expectations.ts';
import type { Heard } from './clients/client.ts';

/** How a client did: `right`, or in which way wrong. */
export type Kind = 'right' | 'wrong-ok' | 'refuses' | 'hangs' | 'crashes' | 'unasked';

/** A cell of the table. */
export interface Verdict {
  readonly kind: Kind;
  readonly text: string;
}

const LONGEST = 40;

/** Of an answer that the client was content with. A status in a reply and a status in an error are one to us, if it is the true one. */
export async function judgeReply(hostile: HostileCase, heard: Heard, lab: Pick<Lab, 'url'>): Promise<Verdict> {
  const expected = EXPECTATIONS[hostile.name]!;
  const said = `${heard.status}, ${Buffer.byteLength(heard.body)} bytes`;
  if (`${heard.status}` !== expected.code) return { kind: 'wrong-ok', text: said };
  if (expected.class !== 'ok') return { kind: 'right', text: `${heard.status}` };
  if (expected.body !== undefined && heard.body !== expected.body) {
    return { kind: 'wrong-ok', text: `${said}, not what was sent` };
  }
  try {
    await expected.check?.(replyOf(heard), lab as Lab);
    return { kind: 'right', text: `${heard.status}` };
  } catch {
    const isLeak = hostile.needs === 'authorization';
    return { kind: 'wrong-ok', text: isLeak ? `${said}, sends the credentials on` : `${said}, not what was sent` };
  }
}

/** Of an error. Any will do where one is due; what it says is shown. */
export function judgeError(hostile: HostileCase, error: unknown): Verdict {
  const expected = EXPECTATIONS[hostile.name]!;
  const status = statusOf(error);
  if (status !== undefined && `${status}` === expected.code) return { kind: 'right', text: `throws, ${status}` };
  const isDue = !/^\d/.test(expected.code) && status === undefined;
  return { kind: isDue ? 'right' : 'refuses', text: status === undefined ? describe(error) : `throws, ${status}` };
}

function replyOf({ status, headers, body }: Heard): Reply {
  return new Reply({
    status,
    headers: new HeaderList([...headers].flat()),
    url: 'http://peer/',
    redirects: [],
    body: Buffer.from(body as string),
    evidence: new EvidenceRecord('GET', 'http://peer/'),
  });
}

/** By these a client says that a status is not 2xx: they carry the response. So do errors of other kinds, half of a response with it. */
const STATUS_ERRORS: ReadonlySet<unknown> = new Set([
  'ERR_NON_2XX_3XX_RESPONSE',
  'ERR_BAD_REQUEST',
  'ERR_BAD_RESPONSE',
]);

function statusOf(error: unknown): number | undefined {
  const { code, response } = error as { code?: unknown; response?: { status?: number; statusCode?: number } };
  const status = response?.status ?? response?.statusCode ?? 0;
  return status >= 300 && STATUS_ERRORS.has(code) ? status : undefined;
}

/** What says most: a code, also that of the cause, a name that is not everybody's, or the first words. */
export function describe(error: unknown): string {
  const { code, cause, name, message, errors } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  if (typeof code === 'string' && code !== '') return `\`${code}\``;
  if (errors?.[0] instanceof Error) return describe(errors[0]);
  if (cause instanceof Error && describe(cause) !== '') return describe(cause);
  if (name !== 'Error' && name !== 'TypeError') return `\`${name}\``;
  const words = message.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}
