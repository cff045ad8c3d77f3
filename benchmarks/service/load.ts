/** The client's side of any server, in a process of its own so that only the server is measured: so many GETs of one URL, then says how many were answered 200. */
import { Pool } from 'undici';

const [url, requests, connections] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections, pipelining: 1 });
let left = requests;
let ok = 0;

async function worker(): Promise<void> {
  while (left-- > 0) {
    const { statusCode, body } = await pool.request({ path: pathname, method: 'GET' });
    await body.dump();
    if (statusCode === 200) ok++;
  }
}

const begunAt = performance.now();
await Promise.all(Array.from({ length: connections }, worker));
const answer = { ok, seconds: (performance.now() - begunAt) / 1000 };
await pool.close();
if (process.send === undefined) console.log(JSON.stringify(answer));
else process.send(answer);
