import type { Client } from './client.ts';

/** Node's built-in `fetch`. */
export const client: Client = {
  async get(url, { headers, as }) {
    const response = await fetch(url, { headers });
    let body: string | Buffer;
    if (as === 'json') body = JSON.stringify(await response.json());
    else if (as === 'bytes') body = Buffer.from(await response.arrayBuffer());
    else body = await response.text();
    return { status: response.status, headers: response.headers, body };
  },
  async leaveUnread(url) {
    await fetch(url);
  },
};
