import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { freePort, untilOpen } from '../../support/ports.ts';

/** What a server saw, from its first request on. */
export interface Seen {
  readonly barMs: number;
  readonly ok: readonly number[];
  /** Requests that were refused, by bar. */
  readonly throttled: readonly number[];
  readonly overloadedMs: number;
}

/** A server that tells what it saw when it is ended. */
export interface WatchedServer {
  readonly url: string;
  end(): Promise<Seen>;
}

/** How the pool works: mean and variation of its service times, where it collapses (0: nowhere), its slots over time. */
export interface PoolModel {
  readonly meanMs: number;
  readonly variation: number;
  readonly collapseAbove: number;
  /** `50`, or `50,10000:5,40000:50`: 5 from the tenth second on. */
  readonly slots: string;
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-live-servers-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const binary = join(folder, 'pool');
execFileSync('go', ['build', '-o', binary, fileURLToPath(new URL('./pool.go', import.meta.url))]);

/** The Go server with a bounded pool. */
export async function startPool({ meanMs, variation, collapseAbove, slots }: PoolModel): Promise<WatchedServer> {
  const port = await freePort();
  const args = [`127.0.0.1:${port}`, String(meanMs), String(variation), String(collapseAbove), slots];
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await untilOpen(child, port);
  return {
    url: `http://127.0.0.1:${port}/`,
    async end() {
      child.kill('SIGTERM');
      const seen = JSON.parse(await text(child.stdout)) as Omit<Seen, 'throttled'>;
      return { ...seen, throttled: [] };
    },
  };
}

/** nginx with `limit_req` before the pool: a bucket of `burst` that fills with `perSecond`; what does not fit in is refused with 429 and Retry-After. */
export async function startLimited(perSecond: number, burst: number, model: PoolModel): Promise<WatchedServer> {
  const pool = await startPool(model);
  const port = await freePort();
  const home = join(folder, `nginx-${port}`);
  mkdirSync(home);
  writeFileSync(
    join(home, 'nginx.conf'),
    `daemon off; master_process off; worker_rlimit_nofile 8192; error_log ${home}/error.log crit; pid ${home}/pid;
    events { worker_connections 4096; }
    http {
      log_format times '$msec $status'; access_log ${home}/access.log times;
      keepalive_requests 100000000; client_body_temp_path ${home}/body; proxy_temp_path ${home}/proxy;
      limit_req_zone $server_port zone=all:1m rate=${perSecond}r/s; limit_req_status 429;
      upstream pool { server ${new URL(pool.url).host}; keepalive 256; }
      server {
        listen 127.0.0.1:${port} backlog=4096;
        location / {
          limit_req zone=all burst=${burst - 1} nodelay;
          proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header connection '';
        }
        error_page 429 = @refused;
        location @refused { internal; add_header retry-after 1 always; return 429; }
      }
    }`,
  );
  const child = spawn('nginx', ['-p', home, '-c', join(home, 'nginx.conf')], { stdio: 'inherit' });
  await untilOpen(child, port);
  return {
    url: `http://127.0.0.1:${port}/`,
    async end() {
      await stop(child);
      const { overloadedMs } = await pool.end();
      return { ...readLog(join(home, 'access.log'), 100), overloadedMs };
    },
  };
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGQUIT');
  await once(child, 'exit');
}

function readLog(path: string, barMs: number): Omit<Seen, 'overloadedMs'> {
  const ok: number[] = [];
  const throttled: number[] = [];
  let beganAt: number | undefined;
  for (const line of readFileSync(path, 'utf8').trim().split('\n')) {
    const [at = '', status = ''] = line.split(' ');
    beganAt ??= Number(at);
    const list = status === '200' ? ok : throttled;
    const bar = Math.floor(((Number(at) - beganAt) * 1000) / barMs);
    list[bar] = (list[bar] ?? 0) + 1;
  }
  const bars = Math.max(ok.length, throttled.length);
  const filled = (list: number[]): number[] => Array.from({ length: bars }, (_, bar) => list[bar] ?? 0);
  return { barMs, ok: filled(ok), throttled: filled(throttled) };
}
