import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { freePort, untilOpen } from '../support/ports.ts';

/** nginx on loopback: `/1k` is 1 KiB of JSON, `/close` the same with the connection closed behind it, `/64k` and `/1m` are bodies of that size sent as gzip. */
export interface Nginx extends AsyncDisposable {
  readonly plain: string;
  readonly tls: string;
}

/** Starts Debian's nginx with a configuration of its own and one worker. */
export async function startNginx(): Promise<Nginx> {
  const [plain, tls] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'sluice-nginx-'));
  mkdirSync(join(folder, 'www'));
  const row = '{"name":"Ada","n":12345678},';
  writeFileSync(join(folder, 'www/1k'), `[${row.repeat(40).slice(0, 1022)}]`);
  for (const [name, size] of [
    ['64k', 65_536],
    ['1m', 1_048_576],
  ] as const) {
    const text = Array.from({ length: size / 16 }, (_, i) => Math.sin(i).toFixed(12).slice(-15)).join('\n');
    writeFileSync(join(folder, `www/${name}`), gzipSync(text.slice(0, size).padEnd(size)));
  }
  execFileSync('openssl', [
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost'.split(' '),
    ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
  ]);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; worker_rlimit_nofile 65536; error_log ${folder}/error.log; pid ${folder}/pid;
    events { worker_connections 32768; }
    http {
      access_log off; keepalive_requests 100000000; keepalive_timeout 75s; default_type application/json; open_file_cache max=100;
      ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem; ssl_protocols TLSv1.3; ssl_session_tickets off;
      server {
        listen 127.0.0.1:${plain} backlog=16384; listen 127.0.0.1:${tls} ssl backlog=16384; root ${folder}/www;
        location = /64k { add_header content-encoding gzip; } location = /1m { add_header content-encoding gzip; }
        location = /close { keepalive_timeout 0; alias ${folder}/www/1k; }
      }
    }`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'inherit' });
  await untilOpen(child, plain);
  return {
    plain: `http://127.0.0.1:${plain}`,
    tls: `https://127.0.0.1:${tls}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}
