/** What a call into a worker costs, and how late the event loop is while the workers compute on every core. */
import { fileURLToPath } from 'node:url';
import { machine } from '../support/compare.ts';
import { runParts } from '../support/parts.ts';
import { hasPython, PYTHON, runProgram } from '../support/program.ts';
import { type Figures, interleaved, medianOf, medianRatio, type Rounds, type Runner } from '../support/rounds.ts';

const CALLS = 200_000;
/** What is ten times slower is asked a tenth. */
const SLOW_CALLS = CALLS / 10;
const SECONDS = 2;

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const node = (name: string, file: string, ...args: readonly string[]): Runner => ({
  name,
  run: async () => JSON.parse(await runProgram(process.execPath, [path(file), ...args])) as Figures,
});

const python = (name: string, ...args: readonly string[]): Runner => ({
  name,
  run: async () => JSON.parse(await runProgram(PYTHON, [path('./sums.py'), ...args])) as Figures,
});

/** Parts: `calls` and `delay`. */
export async function offloadSuite(rounds: number, wanted?: string): Promise<string[]> {
  return await runParts({ calls: () => calls(rounds), delay: () => loopDelay(rounds) }, wanted);
}

async function calls(rounds: number): Promise<string> {
  const runners = [
    node('`offload`, threads', './calls.ts', 'threads', String(CALLS)),
    node('`toThread`', './calls.ts', 'toThread', String(CALLS)),
    node('`offload`, processes', './calls.ts', 'processes', String(SLOW_CALLS)),
    node('piscina', './calls.ts', 'piscina', String(SLOW_CALLS)),
    node('piscina, 10 tasks a worker', './calls.ts', 'piscina-10', String(CALLS)),
  ];
  if (await hasPython(['asyncio'], 'asyncio')) {
    runners.push(python('Python `asyncio.to_thread`', 'to_thread', String(SLOW_CALLS)));
    runners.push(python('Python `ProcessPoolExecutor`', 'ProcessPoolExecutor', String(SLOW_CALLS)));
  }
  const results = await interleaved(runners, rounds);
  return section(
    'Trivial calls, two workers, 1,000 in flight (`toThread`: its shared pool, one thread on two cores)',
    `Median of ${rounds} rounds, a fresh process each, order turning. CPU time is that of the calling process. ${machine()}.`,
    ['calls/s', '× first', 'one after the other, µs', 'CPU µs a call'],
    runners,
    (name) => [
      Math.round(medianOf(results, name, 'callsPerSecond')).toLocaleString('en'),
      medianRatio(results, name, runners[0]!.name, 'callsPerSecond').toFixed(2),
      medianOf(results, name, 'serialMicroseconds').toFixed(0),
      medianOf(results, name, 'cpuMicroseconds').toFixed(1),
    ],
  );
}

async function loopDelay(rounds: number): Promise<string> {
  const contender = (name: string, kind: string): Runner => node(name, './loop-delay.ts', kind, String(SECONDS));
  const runners = [
    contender('nothing computes', 'idle'),
    contender('`offload`, as many threads as cores', 'threads'),
    contender('`offload`, its default', 'default'),
    contender('`offload`, as many processes as cores', 'processes'),
    contender('piscina, as many threads as cores', 'piscina'),
    contender('on the loop itself', 'inline'),
  ];
  const results: Rounds = await interleaved(runners, rounds);
  const ms = (name: string, figure: string): string => medianOf(results, name, figure).toFixed(1);
  return section(
    'How late the event loop is while 50 ms pieces are computed without a pause',
    `Milliseconds between two turns of a timer of 1 ms (\`monitorEventLoopDelay\`), so 1 is nothing. Median of ${rounds} rounds of ${SECONDS} s. ${machine()}.`,
    ['p50', 'p99', 'max', 'computed/s'],
    runners,
    (name) => [
      ...['p50', 'p99', 'max'].map((figure) => ms(name, figure)),
      Math.round(medianOf(results, name, 'roundsPerSecond')).toLocaleString('en'),
    ],
  );
}

function section(
  title: string,
  note: string,
  columns: readonly string[],
  runners: readonly Runner[],
  figuresOf: (name: string) => readonly string[],
): string {
  return [
    `### ${title}`,
    '',
    note,
    '',
    `| | ${columns.join(' | ')} |`,
    `|---${'|---'.repeat(columns.length)}|`,
    ...runners.map(({ name }) => `| ${name} | ${figuresOf(name).join(' | ')} |`),
    '',
  ].join('\n');
}
