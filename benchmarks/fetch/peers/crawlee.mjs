/** `node crawlee.mjs URL COUNT CONCURRENCY`, in a folder where `@crawlee/http` is installed: a crawl of a list with its storage, a body a record. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [base, count, concurrency] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
process.env.CRAWLEE_STORAGE_DIR = folder;
process.env.CRAWLEE_LOG_LEVEL = 'OFF';
const { HttpCrawler, RequestList } = await import('@crawlee/http');
const urls = Array.from({ length: count }, (_, index) => `${base}?n=${index}`);
let ok = 0;
const before = process.cpuUsage();
const begunAt = performance.now();
const crawler = new HttpCrawler({
  requestList: await RequestList.open(null, urls),
  minConcurrency: concurrency,
  maxConcurrency: concurrency,
  additionalMimeTypes: ['application/json', 'application/octet-stream'],
  async requestHandler({ request, response, body, pushData }) {
    if (response.statusCode === 200 && body.length > 0) ok++;
    await pushData({ url: request.url, status: response.statusCode, body: body.toString() });
  },
});
await crawler.run();
const seconds = (performance.now() - begunAt) / 1000;
const { user, system } = process.cpuUsage(before);
const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ items: count, ok, seconds, cpuSeconds: (user + system) / 1e6, peakMiB }));
rmSync(folder, { recursive: true, force: true });
process.exit();
