import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../support/compare.ts';
import { hasPython, PYTHON } from '../support/program.ts';

/** What every contender is asked to do. */
export interface Task {
  readonly url: string;
  readonly concurrency: number;
  /** Length of the body, decoded. */
  readonly bytes: number;
}

/** Makes a contender; `count` requests, so many that it computes for half a second. */
export type MakeContender = (task: Task, count: number) => Contender;

/** All that can run here, by a short name. */
export async function contenders(): Promise<ReadonlyMap<string, MakeContender>> {
  const all = new Map<string, MakeContender>();
  const command = (name: string, ...prefix: [string, ...string[]]): MakeContender => {
    return ({ url, concurrency, bytes }, count) => ({
      name,
      command: [...prefix, url, String(count), String(concurrency), String(bytes)],
    });
  };
  const any = 'NODE_TLS_REJECT_UNAUTHORIZED=0';
  const node = (name: string, kind: string): MakeContender =>
    command(name, 'env', any, process.execPath, path('./client.ts'), kind);
  all.set('session', node('`Session.get`, own wire, all checks', 'session'));
  all.set('raw', node('raw sockets, trivial parser', 'raw'));
  all.set('dispatch', node('undici `Pool.dispatch`', 'dispatch'));
  all.set('request', node('undici `request`', 'request'));
  all.set('fetch', node('built-in `fetch`', 'fetch'));
  all.set('got', node('got', 'got'));
  all.set('axios', node('axios', 'axios'));
  const bun = path('../../node_modules/.bin/bun');
  all.set(
    'bun',
    command('Bun `fetch`', 'env', any, 'BUN_CONFIG_MAX_HTTP_REQUESTS=1000', bun, path('./client.ts'), 'fetch'),
  );
  const go = buildGo();
  if (go !== undefined) all.set('go', command('Go net/http', go));
  if (await hasPython(['aiohttp', 'uvloop'], 'aiohttp'))
    all.set('aiohttp', command('aiohttp + uvloop', PYTHON, path('./client.py')));
  all.set('wrk', ({ url, concurrency }) => ({
    name: 'wrk, the server’s ceiling',
    command: [PYTHON, path('./wrk.py'), url, '1', String(concurrency)],
  }));
  return all;
}

/** The versions of all peers and of the server. */
export function versions(): string {
  const of = (name: string): string => {
    const { version } = JSON.parse(
      execFileSync('cat', [path(`../../node_modules/${name}/package.json`)], { encoding: 'utf8' }),
    );
    return `${name} ${version}`;
  };
  const said = (file: string, args: readonly string[], pattern: RegExp): string => {
    try {
      return (
        pattern.exec(execFileSync('sh', ['-c', `${file} ${args.join(' ')} 2>&1; true`], { encoding: 'utf8' }))?.[0] ??
        ''
      );
    } catch {
      return '';
    }
  };
  return [
    ...['undici', 'got', 'axios', 'bun'].map(of),
    said('go', ['version'], /go[\d.]+/),
    said(
      PYTHON,
      ['-c', "\"import aiohttp, uvloop; print('aiohttp', aiohttp.__version__, 'uvloop', uvloop.__version__)\""],
      /aiohttp.*/,
    ),
    said('wrk', ['-v'], /wrk \S+/),
    said('nginx', ['-v'], /nginx\/[\d.]+/),
  ]
    .filter((one) => one !== '')
    .join(', ');
}

/** Undefined, and said, where there is no Go. */
function buildGo(): string | undefined {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-go-')), 'client');
  try {
    execFileSync('go', ['build', '-o', file, path('./client.go')]);
    return file;
  } catch {
    console.error('no Go here (apt-get install golang-go): left out');
    return undefined;
  }
}

function path(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
