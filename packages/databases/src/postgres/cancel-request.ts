import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ServerTarget } from '../connect/database-url.ts';
import { serverName } from './server-name.ts';

const CANCEL_REQUEST_CODE = 80_877_102;
const SSL_REQUEST_CODE = 80_877_103;

/** Which backend, as it said when the connection began. */
export interface BackendKey {
  readonly processId: number;
  readonly secretKey: number;
}

/**
 * Asks PostgreSQL to cancel what a backend runs, over a socket of its own with the same TLS settings, and resolves when the server has
 * closed it: then the request has been passed on. (PostgreSQL documentation, "Canceling Requests in Progress".)
 */
export function sendCancelRequest(target: ServerTarget, { processId, secretKey }: BackendKey): Promise<void> {
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  message.writeInt32BE(processId, 8);
  message.writeInt32BE(secretKey, 12);
  return new Promise((resolve, reject) => {
    const socket =
      target.socketPath === undefined ? connect(target.port, target.host) : connect({ path: target.socketPath });
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.on('connect', () => {
      if (target.tls === undefined) socket.end(message);
      else sendOverTls(socket, target, message, reject);
    });
    socket.resume();
  });
}

function sendOverTls(socket: Socket, target: ServerTarget, message: Buffer, reject: (error: Error) => void): void {
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(SSL_REQUEST_CODE, 4);
  socket.write(request);
  socket.once('data', (answer) => {
    if (answer.toString('latin1') !== 'S') {
      reject(new Error('the server does not support SSL connections'));
      socket.destroy();
      return;
    }
    const secure = connectTls({ ...target.tls, socket, host: target.host, ...serverName(target.host) });
    secure.on('error', reject);
    secure.on('secureConnect', () => secure.end(message));
    secure.resume();
  });
}
