import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { machine } from '../support/compare.ts';
import { runProgram } from '../support/program.ts';
import { interleaved, medianOf } from '../support/rounds.ts';

const CONNECTIONS = 10_000;
const NAMES: Readonly<Record<string, string>> = {
  session: '`Session.get`, own wire',
  raw: 'raw sockets, trivial parser',
  dispatch: 'undici `Pool.dispatch`',
  request: 'undici `request`',
  fetch: 'built-in `fetch`',
};

/** Memory of a connection while it waits for an answer, and afterwards while it is kept. */
export async function memorySuite(rounds: number): Promise<string> {
  const server = spawn(process.execPath, [path('./hold-server.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const { value: port } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
    const runners = Object.entries(NAMES).map(([kind, name]) => ({
      name,
      run: async () => {
        const args = [path('./memory-client.ts'), kind, `http://127.0.0.1:${port}`, String(CONNECTIONS)];
        return JSON.parse(await runProgram(process.execPath, ['--expose-gc', ...args]));
      },
    }));
    const results = await interleaved(runners, rounds);
    const rows = runners.map(({ name }) => {
      const [busy, idle] = ['busyKiB', 'idleKiB'].map((figure) => medianOf(results, name, figure).toFixed(1));
      return `| ${name} | ${busy} | ${idle} |`;
    });
    return [
      `### Memory of a connection, ${CONNECTIONS.toLocaleString('en')} of them, plain`,
      '',
      'Growth of the resident set after two collections, divided by the connections: all of them waiting for an answer, and afterwards all of',
      `them kept. Buffers of the kernel are not in it. Median of ${rounds} rounds, a fresh process each, order turning. ${machine()}.`,
      '',
      '| | busy, KiB | idle, KiB |',
      '|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  } finally {
    server.kill();
  }
}

function path(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
