import { isMainThread, threadId } from 'node:worker_threads';
import { sleep } from '@sluice/core';
import { defineJob, from, type Job, type JobOptions } from '@sluice/engine';

/** Jobs that loops in other threads make anew: each is made of plain data by an export of this module. */

type Data = { readonly url: string; readonly count: number } & Partial<
  Pick<JobOptions<number, unknown>, 'timeout' | 'perHost' | 'concurrency'>
>;

function job(
  exportName: string,
  data: Data,
  options: Pick<JobOptions<number, unknown>, 'step'> & Partial<JobOptions<number, unknown>>,
): Job<number, unknown> {
  const { url: _, count, ...bounds } = data;
  return defineJob<number, unknown>({
    source: from.iterable(Array.from({ length: count }, (_unused, index) => index)),
    key: (index) => `item ${index}`,
    idempotent: true,
    module: { url: import.meta.url, exportName, data },
    retry: { initial: '1ms' },
    ...bounds,
    ...options,
  });
}

/** Tells in which thread each item was worked on. */
export const threads = (data: Data): Job<number, unknown> =>
  job('threads', data, {
    step: async (index, { http, log }) => {
      const { status } = await http.get(`${data.url}/${index}`);
      log.info('fetched', { index });
      return { index, status, threadId, isMainThread };
    },
  });

/** Item 13 ends the event loop that it runs in, after its request: `how` says in which way. */
const deadly =
  (how: () => void, exportName: string, method: 'GET' | 'POST') =>
  (data: Data): Job<number, unknown> =>
    job(exportName, data, {
      idempotent: method === 'GET',
      step: async (index, { http }) => {
        await http.request(method, `${data.url}/${index}`);
        if (index === 13) how();
        await sleep(index === 13 ? '10s' : 20);
        return index;
      },
    });

const throwLater = (): void => {
  setTimeout(() => {
    throw new Error('thrown where nobody catches it');
  }, 1);
};

export const throws: (data: Data) => Job<number, unknown> = deadly(throwLater, 'throws', 'GET');
export const throwsAfterPost: (data: Data) => Job<number, unknown> = deadly(throwLater, 'throwsAfterPost', 'POST');
export const exits: (data: Data) => Job<number, unknown> = deadly(() => process.exit(3), 'exits', 'GET');
export const spins: (data: Data) => Job<number, unknown> = deadly(
  () => {
    for (;;) {
      // Until its thread is ended.
    }
  },
  'spins',
  'GET',
);

/** Each item asks two hosts in turn, and its own twice. */
export const twoHosts = (data: Data & { readonly other: string }): Job<number, unknown> =>
  job('twoHosts', data, {
    host: () => new URL(data.url).host,
    step: async (index, { http }) => {
      await http.get(`${data.url}/${index}`);
      await http.get(`${data.other}/${index}`);
      await http.get(`${data.url}/again/${index}`);
      return index;
    },
  });

/** Computes for about `data.count` … it is the time that counts, not the sum. */
export const slow = (data: Data): Job<number, unknown> =>
  job('slow', data, {
    step: async (index, { http }) => (await http.get(`${data.url}/${index}`)).status,
  });
