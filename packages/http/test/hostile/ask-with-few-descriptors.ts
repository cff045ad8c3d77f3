/** Started with few descriptors: asks `url` for more connections than there can be, over `transport`, and then once more. */
import { HttpError, Session } from '@sluice/http';
import type { TransportName } from './outcome-of.ts';

const REQUESTS = 60;

const [url = '', transport] = process.argv.slice(2);
await using session = new Session({ timeout: '20s', transport: transport as TransportName });

async function ask(): Promise<string> {
  try {
    return `ok ${(await session.get(url)).status}`;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return `${error.class} ${error.code} ${error.phase} sent ${error.evidence.sent}`;
  }
}

const outcomes = await Promise.all(Array.from({ length: REQUESTS }, ask));
console.log(JSON.stringify({ outcomes, after: await ask() }));
