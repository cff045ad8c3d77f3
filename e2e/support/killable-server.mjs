/** node killable-server.mjs PORT: what killed-server.ts asks, on node:http. */
import { createServer } from 'node:http';

createServer((request, response) => {
  const item = Number(request.url.split('/')[2]);
  const body = `${String(item).padStart(7, '0')}\n`.repeat(3000);
  if (item % 2 === 0) response.setHeader('content-length', body.length);
  response.write(body.slice(0, 12_000));
  setTimeout(() => response.end(body.slice(12_000)), 5);
}).listen(Number(process.argv[2]), '127.0.0.1');
