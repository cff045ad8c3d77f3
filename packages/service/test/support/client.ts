import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import type { Run, RunState } from '../../src/index.ts';

/** An answer that was read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  readonly json: any;
}

/** What a request is sent with. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Buffer;
}

/** A request over a connection of its own; `path` goes out as it is written. */
export async function send(base: string, method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const body = sent.json === undefined ? sent.body : JSON.stringify(sent.json);
  const headers = { ...(sent.json === undefined ? {} : { 'content-type': 'application/json' }), ...sent.headers };
  const response = await begin(base, { method, path, headers }, body);
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) text += part;
  const isJson = response.headers['content-type']?.includes('json') === true && !text.includes('\n{');
  return {
    status: response.statusCode!,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

/** The head of an answer; its body is the caller's. */
export function begin(base: string, options: RequestOptions, body?: string | Buffer): Promise<IncomingMessage> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, agent: false, ...options }, resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Waits until a run is in one of the states. */
export async function untilState(base: string, id: string, ...states: RunState[]): Promise<Run> {
  for (let tries = 0; tries < 600; tries++) {
    const { json } = await send(base, 'GET', `/api/v1/runs/${id}`);
    if (states.includes(json.state)) return json as Run;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`run ${id} did not come to ${states.join(' or ')}`);
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`it did not happen: ${what}`);
}
