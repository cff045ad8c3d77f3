/** The programs that take part: files of this folder on this Node, asyncio, and Go where it is installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasPython, PYTHON, runProgram } from '../support/program.ts';
import type { Figures, Runner } from '../support/rounds.ts';

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

async function figures(name: string, command: string, args: readonly string[]): Promise<Figures> {
  const answer = JSON.parse((await runProgram(command, args)).trim().split('\n').at(-1)!) as Record<string, number>;
  if (answer.ok !== answer.items) throw new Error(`${name}: only ${answer.ok} of ${answer.items} ended well`);
  return answer;
}

/** A contender in `file`, with its number of items. */
export function node(name: string, file: string, contender: string, items: number): Runner {
  const args = ['--expose-gc', path(file), contender, String(items)];
  return { name, run: () => figures(name, process.execPath, args) };
}

/** asyncio at `work`; none where its Python is missing. */
export async function asyncio(work: string, items: number, name: string): Promise<Runner[]> {
  if (!(await hasPython(['asyncio'], 'asyncio'))) return [];
  return [{ name, run: () => figures(name, PYTHON, [path('./peers.py'), work, String(items)]) }];
}

let goProgram: string | null | undefined;

/** Go at `work`; none where its compiler is missing. */
export function go(work: string, items: number, name: string): Runner[] {
  goProgram ??= buildGo();
  const program = goProgram;
  return program === null ? [] : [{ name, run: () => figures(name, program, [work, String(items)]) }];
}

function buildGo(): string | null {
  const program = join(mkdtempSync(join(tmpdir(), 'sluice-bench-')), 'peers');
  const { status } = spawnSync('go', ['build', '-o', program, path('./peers.go')], { stdio: 'inherit' });
  if (status === 0) return program;
  console.log('Go is left out: there is no `go` that builds (apt-get install golang-go)');
  return null;
}
