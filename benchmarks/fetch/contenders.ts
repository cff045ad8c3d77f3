import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../support/compare.ts';
import { hasPython, PYTHON } from '../support/program.ts';

/** A contender of `count` items of a server's URL. */
export type MakeContender = (url: string, count: number, concurrency: number) => Contender;

const CRAWLEE = '@crawlee/http@3.18.1';
/** Where Debian has Go's packages. */
const GO_PATH = '/usr/share/gocode';

/** All that can run here, by a short name. What is missing is said. */
export async function contenders(): Promise<ReadonlyMap<string, MakeContender>> {
  const all = new Map<string, MakeContender>();
  const add = (name: string, title: string, program: readonly [string, ...string[]], ...more: string[]): void => {
    all.set(name, (url, count, concurrency) => ({
      name: title,
      command: [...program, url, String(count), String(concurrency), ...more] as [string, ...string[]],
    }));
  };
  const node = (file: string): [string, string] => ['node', path(file)];
  add('dispatch', 'undici `Pool.dispatch`, nothing stored', node('peers/dispatch.ts'));
  add('sluice', '**Sluice, every outcome and body in SQLite**', node('sluice.ts'));
  add('sluice-none', '**Sluice, every outcome in SQLite, no bodies**', node('sluice.ts'), 'none');
  add('session', '`map` + `Session`, nothing stored', node('sluice-session.ts'));
  add('request', 'p-limit + undici `request`, nothing stored', node('peers/p-limit-request.ts'));
  add('fetch', 'p-limit + built-in `fetch`, nothing stored', node('peers/p-limit-fetch.ts'));
  add('append', 'p-limit + built-in `fetch` + `appendFile`', node('peers/p-limit-fetch.ts'), 'append');
  const go = buildGo();
  if (go !== undefined) {
    add('go', 'Go, bounded goroutines, nothing stored', [go]);
    add('go-sqlite', 'Go, bounded goroutines + SQLite', [go], 'sqlite');
  }
  const aiohttp: [string, string] = [PYTHON, path('peers/aiohttp_client.py')];
  if (await hasPython(['aiohttp', 'uvloop'], 'aiohttp')) {
    add('aiohttp', 'aiohttp + uvloop, nothing stored', aiohttp);
    add('aiohttp-sqlite', 'aiohttp + uvloop + SQLite', aiohttp, 'sqlite');
  }
  if (await hasPython(['scrapy'], 'Scrapy')) add('scrapy', 'Scrapy, a feed', [PYTHON, path('peers/scrapy_feed.py')]);
  const crawlee = installCrawlee();
  if (crawlee !== undefined) add('crawlee', 'Crawlee, with its storage', ['node', crawlee]);
  return all;
}

function buildGo(): string | undefined {
  if (!existsSync(join(GO_PATH, 'src/github.com/mattn/go-sqlite3'))) {
    console.log('Go is left out: apt-get install golang-go golang-github-mattn-go-sqlite3-dev');
    return undefined;
  }
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-bench-')), 'client');
  execFileSync('go', ['build', '-o', file, path('peers/client.go')], {
    env: { ...process.env, GO111MODULE: 'off', GOPATH: GO_PATH },
    stdio: 'inherit',
  });
  return file;
}

/** Into a folder of its own: it brings some two hundred packages. */
function installCrawlee(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--prefix', folder, CRAWLEE], { stdio: 'ignore' });
  } catch {
    console.log(`Crawlee is left out: npm could not install ${CRAWLEE}`);
    return undefined;
  }
  copyFileSync(path('peers/crawlee.mjs'), join(folder, 'crawlee.mjs'));
  return join(folder, 'crawlee.mjs');
}

function path(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
