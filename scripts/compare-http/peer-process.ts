import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Answer, Question } from './ask-peer.ts';
import type { Verdict } from './verdict.ts';

/** After this time a request that has not ended hangs. */
export const HANGS_AFTER_S = 10;
/** A process that takes more than this reads a body without end. */
const MAX_MIB = 768;
/** Node itself holds about twenty. */
const FEW_DESCRIPTORS = 48;

/** What a process says first. */
export const READY = 'ready';

/** A process that asks. */
export interface Peer {
  readonly client: string;
  readonly env: NodeJS.ProcessEnv;
  readonly hasFewDescriptors?: boolean;
}

/** What is left when a process is over. */
export interface Rest {
  /** They were not asked any more. */
  readonly unasked: Question[];
  /** They were under way together when the process crashed. */
  readonly suspects: Question[];
}

/** Asks in one process, `atOnce` at a time, until all is answered or the process is gone. */
export async function askProcess(
  peer: Peer,
  questions: readonly Question[],
  atOnce: number,
  verdicts: Map<string, Verdict>,
): Promise<Rest> {
  const unasked = [...questions];
  const suspects: Question[] = [];
  const underWay = new Map<Question, NodeJS.Timeout>();
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const child = startPeer(peer);
  let words = '';

  const fill = (): void => {
    while (underWay.size < atOnce && unasked.length > 0) {
      const question = unasked.shift()!;
      const hangs: Verdict = { kind: 'hangs', text: 'hangs' };
      underWay.set(
        question,
        setTimeout(() => settle(question, hangs), HANGS_AFTER_S * 1000),
      );
      child.send(question);
    }
    if (underWay.size === 0) end();
  };
  const settle = (question: Question, verdict: Verdict): void => {
    clearTimeout(underWay.get(question));
    underWay.delete(question);
    verdicts.set(question.name, verdict);
    fill();
  };
  child.stderr!.on('data', (text: Buffer) => {
    words += text.toString();
  });
  child.on('message', ({ name, verdict }: Answer) => {
    if (name === READY) fill();
    const question = [...underWay.keys()].find((each) => each.name === name);
    // Nobody waits any more for what hung.
    if (question !== undefined) settle(question, verdict);
  });
  child.once('exit', () => {
    const lost = [...underWay.keys()];
    for (const timer of underWay.values()) clearTimeout(timer);
    if (lost.length > 1) suspects.push(...lost);
    else for (const { name } of lost) verdicts.set(name, { kind: 'crashes', text: lastWords(words) });
    end();
  });
  const watch = setInterval(() => {
    const [question] = underWay.keys();
    if (residentMib(child) > MAX_MIB && question !== undefined) settle(question, { kind: 'hangs', text: 'hangs' });
  }, 20);
  await over;
  clearInterval(watch);
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  return { unasked, suspects };
}

function startPeer({ client, env, hasFewDescriptors = false }: Peer): ChildProcess {
  const program = new URL('ask-peer.ts', import.meta.url).pathname;
  const limit = hasFewDescriptors ? `ulimit -n ${FEW_DESCRIPTORS} && ` : '';
  const args = ['-c', `${limit}exec "$0" "$@"`, process.execPath, '--conditions=@sluice/source', program, client];
  return spawn('bash', args, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

function residentMib({ pid }: ChildProcess): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return (Number(pages) * 4096) / 2 ** 20;
  } catch {
    return 0;
  }
}

/** The name of the error that nobody caught. */
function lastWords(stderr: string): string {
  return /^(\w*Error)\b/m.exec(stderr)?.[1] ?? 'without a word';
}
