import { once } from 'node:events';
import got from 'got';
import { type Client, headersOf } from './client.ts';

/** got. */
export const client: Client = {
  async get(url, { headers, as, http2 }) {
    const options = { headers: { ...headers }, http2 };
    const {
      statusCode,
      headers: received,
      rawBody,
      body,
    } = await (as === 'json'
      ? got<unknown>(url, { ...options, responseType: 'json' })
      : got(url, { ...options, responseType: 'text' }));
    const read = as === 'bytes' ? Buffer.from(rawBody) : as === 'json' ? JSON.stringify(body) : String(body);
    return { status: statusCode, headers: headersOf(received), body: read };
  },
  async leaveUnread(url) {
    await once(got.stream(url), 'response');
  },
};
