import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { BenchClient, BenchTarget } from './clients.ts';

/**
 * The least that a client in Node can do: `net` or `tls` with `onread`, one buffer, a write a request, and a look for the head's end. It takes
 * every answer for one that came whole and is right.
 */
export function rawSockets({ url, concurrency, bytes }: BenchTarget): BenchClient {
  const { protocol, hostname, port, pathname } = new URL(url);
  const request = `GET ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`;
  const buffer = Buffer.allocUnsafeSlow(65_536);
  const free: { socket: Socket; done: ((ok: boolean) => void) | undefined }[] = [];
  const sockets: Socket[] = [];
  const open = (): (typeof free)[number] => {
    const onread = {
      buffer,
      callback: (length: number): boolean => {
        const text = buffer.toString('latin1', 0, length);
        const headEnd = text.indexOf('\r\n\r\n') + 4;
        const body = Buffer.copyBytesFrom(buffer, headEnd, length - headEnd);
        const { done } = slot;
        free.push(slot);
        done!(text.startsWith('HTTP/1.1 200') && body.length === bytes);
        return true;
      },
    };
    const how = { host: hostname, port: Number(port), noDelay: true, onread };
    const socket = protocol === 'https:' ? connectTls({ ...how, rejectUnauthorized: false }) : connect(how);
    const slot: (typeof free)[number] = { socket, done: undefined };
    sockets.push(socket);
    return slot;
  };
  let opened = 0;
  return {
    call: () =>
      new Promise((resolve) => {
        const slot = free.pop() ?? (opened++ < concurrency ? open() : free.pop()!);
        slot.done = resolve;
        slot.socket.write(request, 'latin1');
      }),
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
