import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

const SSL_REQUEST_BYTES = 8;

/** Stands before a PostgreSQL server without TLS and speaks TLS to the client, as the server would. */
export interface TlsProxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections came in encrypted. */
  readonly secured: number;
}

/** Starts one with a certificate of its own, made for it. */
export async function tlsProxy(host: string, port: number): Promise<TlsProxy> {
  const secureContext = createSecureContext(await certificate());
  const sockets = new Set<Socket>();
  let secured = 0;
  const server = createServer((client) => {
    keep(sockets, client);
    client.once('data', (request) => {
      if (request.length !== SSL_REQUEST_BYTES) {
        client.destroy();
        return;
      }
      client.write('S');
      const secure = new TLSSocket(client, { isServer: true, secureContext });
      const upstream = connect(port, host);
      keep(sockets, secure);
      keep(sockets, upstream);
      secure.once('secure', () => secured++);
      secure.pipe(upstream);
      upstream.pipe(secure);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    get secured() {
      return secured;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => sockets.delete(socket));
}

async function certificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-certificate-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const command = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout ${key} -out ${cert}`;
    await promisify(execFile)('openssl', command.split(' '));
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
