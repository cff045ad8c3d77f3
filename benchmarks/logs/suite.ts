/** What a log line an item costs a run, and what a line costs by itself. */
import { fileURLToPath } from 'node:url';
import { startNginx } from '../http/nginx.ts';
import { type Contender, compare, table } from '../support/compare.ts';
import { runParts } from '../support/parts.ts';
import { hasPython, PYTHON } from '../support/program.ts';

const ITEMS = 300_000;
const FETCHED = 100_000;
const LINES = 200_000;

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const node = (file: string, ...args: readonly string[]): [string, ...string[]] => ['node', path(file), ...args];
/** With standard error in a file, where `console.error` writes. */
const intoFile = ([, ...args]: readonly string[]): [string, ...string[]] => [
  'sh',
  '-c',
  'log=$(mktemp) && "$@" 2>"$log"; code=$?; rm "$log"; exit $code',
  'sh',
  process.execPath,
  ...args,
];

/** Parts: `run`, a line an item of a run that does nothing; `fetch`, of a run that gets 1 KiB; `lines`, lines by themselves. */
export async function logsSuite(rounds: number, wanted?: string): Promise<string[]> {
  return await runParts(
    {
      run: async () => inRuns('whose step does nothing, or logs one line', ITEMS, rounds),
      async fetch() {
        await using nginx = await startNginx();
        return inRuns(
          'whose step gets 1 KiB from nginx, or logs one line besides',
          FETCHED,
          rounds,
          `${nginx.plain}/1k`,
        );
      },
      lines: () => lines(rounds),
    },
    wanted,
  );
}

function inRuns(what: string, items: number, rounds: number, ...url: readonly string[]): string {
  const run = (kind: string): [string, ...string[]] => node('./run.ts', kind, String(items), ...url);
  const comparison = compare(
    `A run of ${items.toLocaleString('en')} items ${what}`,
    [
      { name: 'no log line', command: run('none') },
      { name: 'the step’s `log`', command: run('sluice') },
      { name: 'pino 10, its worker-thread transport', command: run('pino') },
      { name: '`console.error` of a JSON line into a file', command: intoFile(run('console')) },
    ],
    rounds,
  );
  const rates = comparison.rows.slice(1).map(({ name, rateRatioToFirst }) => `${name} ${rateRatioToFirst.toFixed(2)}`);
  return `${table(comparison)}\nItems a second, × those without a log line within a round: ${rates.join(', ')}.\n`;
}

async function lines(rounds: number): Promise<string> {
  const lines = (kind: string): [string, ...string[]] => node('./lines.ts', kind, String(LINES));
  const contenders: Contender[] = [
    { name: '`createLogger`', command: lines('sluice') },
    { name: 'pino 10, its worker-thread transport', command: lines('pino') },
    { name: 'pino 10, synchronous', command: lines('pino-sync') },
    { name: '`console.error` of a JSON line', command: intoFile(lines('console')) },
  ];
  if (await hasPython(['structlog'], 'structlog')) {
    for (const [name, kind] of [
      ['structlog, synchronous', 'straight'],
      ['structlog through a `QueueHandler`', 'queue'],
    ] as const)
      contenders.push({ name, command: [PYTHON, path('./lines.py'), kind, String(LINES / 4)] });
  }
  return table(compare(`${LINES.toLocaleString('en')} lines with three fields into a file`, contenders, rounds));
}
