/**
 * A small polite crawler: a run whose step emits items. It stays on its host, obeys robots.txt, asks for four pages at once, and survives `kill -9`:
 * the same command goes on where it stopped.
 *
 *   node examples/crawler/main.ts https://site.example/ site.run.db
 */
import { defineJob, from, Session } from 'sluice';

const [start = 'http://127.0.0.1:8080/links/30/0', ledger = 'crawl.run.db'] = process.argv.slice(2);
const { origin } = new URL(start);

/** The paths that robots.txt closes for everybody. */
async function closedPaths(): Promise<string[]> {
  await using session = new Session();
  const robots = await session.get(`${origin}/robots.txt`);
  if (!robots.ok) return [];
  const group = /^user-agent:\s*\*\s*$([\s\S]*?)(?=^user-agent:|(?![\s\S]))/im.exec(robots.text())?.[1] ?? '';
  return [...group.matchAll(/^disallow:\s*(\S+)/gim)].map((match) => match[1]!);
}

const closed = await closedPaths();

const crawl = defineJob({
  kind: 'crawl',
  source: from.iterable([start]),
  idempotent: true,
  perHost: 4,
  http: { userAgent: 'sluice-example-crawler/1 (+https://site.example/contact)' },
  step: async (url, { http, emit }) => {
    const page = await http.get(url);
    const html = page.headers.get('content-type')?.startsWith('text/html') ? page.text() : '';
    const links = [...html.matchAll(/<a\s[^>]*href\s*=\s*["']([^"'#]+)/gi)]
      .map((match) => new URL(match[1]!, page.url))
      .filter((link) => link.origin === origin && !closed.some((path) => link.pathname.startsWith(path)));
    for (const link of links) emit(link.href); // a page that is known already is ignored
    return { title: /<title>([^<]*)/i.exec(html)?.[1]?.trim() ?? null, links: links.length };
  },
});

const report = await crawl.run({ ledger });
console.log(`${report.progress.done} pages, ${report.progress.failed} failed; results in ${report.ledger}`);
for await (const page of report.outcomes({ state: 'failed' })) console.log(page.key, page.class, page.message);
