import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { CommandError } from '../command-error.ts';

/** The lab that a list's URLs point to, kept beside the list. */
export interface LabOfList {
  readonly port: number;
  readonly seed: number;
}

const FILE = 'lab.json';
const PATIENCE_MS = 1000;

/** Keeps the lab with the list. */
export async function writeLabOfList(list: string, lab: LabOfList): Promise<void> {
  await writeFile(join(dirname(list), FILE), `${JSON.stringify(lab)}\n`);
}

/** The words of the command that starts a list's lab. */
export function labCommand(lab: LabOfList): readonly string[] {
  return ['lab', '--port', String(lab.port), '--seed', String(lab.seed)];
}

/**
 * Makes sure that the lab of a list runs, when the list has one: without it every URL would fail.
 *
 * @throws CommandError `SLUICE_CLI_LAB_DOWN` with the command that starts it.
 */
export async function requireLab(list: string, program: string): Promise<void> {
  const lab = await readLabOfList(list);
  if (lab === undefined || (await answers(lab.port))) return;
  throw new CommandError(
    'SLUICE_CLI_LAB_DOWN',
    `the URLs of ${list} belong to a lab that does not run: start it in another terminal with \`${[program, ...labCommand(lab)].join(' ')}\`, then repeat this command`,
  );
}

/** The lab of a list; undefined when none is kept with it. */
async function readLabOfList(list: string): Promise<LabOfList | undefined> {
  let text: string;
  try {
    text = await readFile(join(dirname(list), FILE), 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { port, seed } = JSON.parse(text) as Partial<LabOfList>;
    return Number.isInteger(port) && Number.isInteger(seed) ? { port: port!, seed: seed! } : undefined;
  } catch {
    // Some other program's lab.json.
    return undefined;
  }
}

function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: '127.0.0.1', port, timeout: PATIENCE_MS });
  const settle = (isThere: boolean): void => {
    socket.destroy();
    resolve(isThere);
  };
  socket.once('connect', () => settle(true));
  socket.once('error', () => settle(false));
  socket.once('timeout', () => settle(false));
  return promise;
}
