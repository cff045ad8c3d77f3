import { Agent, EnvHttpProxyAgent, interceptors, request } from 'undici';
import { type Client, headersOf } from './client.ts';

const viaProxy = process.env.NODE_USE_ENV_PROXY === '1';
// By itself `request` follows no redirect and undoes no coding, and so would be good at all of them.
const able = [interceptors.redirect({ maxRedirections: 10 }), interceptors.decompress()];
const usual = (viaProxy ? new EnvHttpProxyAgent() : new Agent()).compose(able);
const http2Agent = new Agent({ allowH2: true }).compose(able);

/** `request` of undici. */
export const client: Client = {
  async get(url, { headers, as, http2 }) {
    const response = await request(url, { headers, dispatcher: http2 ? http2Agent : usual });
    let body: string | Buffer;
    if (as === 'json') body = JSON.stringify(await response.body.json());
    else if (as === 'bytes') body = Buffer.from(await response.body.arrayBuffer());
    else body = await response.body.text();
    return { status: response.statusCode, headers: headersOf(response.headers), body };
  },
  async leaveUnread(url) {
    await request(url);
  },
};
