import axios from 'axios';
import { type Client, headersOf } from './client.ts';

/** axios, over node:http. */
export const client: Client = {
  async get(url, { headers, as, http2 }) {
    const {
      status,
      headers: received,
      data,
    } = await axios.get(url, {
      headers,
      ...(http2 ? { httpVersion: 2 } : {}),
      responseType: as === 'bytes' ? 'arraybuffer' : as,
    });
    const body = as === 'bytes' ? Buffer.from(data) : as === 'json' ? JSON.stringify(data) : String(data);
    return { status, headers: headersOf(received), body };
  },
  async leaveUnread(url) {
    await axios.get(url, { responseType: 'stream' });
  },
};
