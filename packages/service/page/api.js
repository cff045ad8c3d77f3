/**
 * @typedef {{ total: number | null, settled: number, done: number, failed: number, inDoubt: number, byClass: Record<string, number>,
 *   live: { inFlight: number, limit: number, queued: number, waitingForRetry: number, ratePerSecond: number, stall: string | null, etaMs: number | null, drainLeftMs: number | null } | null }} Progress
 * @typedef {'queued' | 'running' | 'draining' | 'stopped' | 'interrupted' | 'complete' | 'failed' | 'unreadable'} State
 * @typedef {'stop' | 'resume' | 'retry' | 'delete'} Action
 * @typedef {{ id: string, kind: string, job: string | null, state: State, owner: string | null, queuePosition: number | null, actions: Action[],
 *   progress: Progress, problem: { code: string, detail: string } | null, createdAt: string }} Run
 * @typedef {{ class: string, host: string, code: string, shape: string, count: number, exampleKey: string, exampleMessage: string }} Cluster
 */

/** What the service answered instead of what was asked for. */
export class ApiError extends Error {
  /** @param {number} status @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/**
 * Asks the service; the answer is parsed JSON, or undefined when there is none.
 *
 * @param {string} method
 * @param {string} path
 * @param {{ json?: unknown, text?: string, headers?: Record<string, string> }} [request]
 * @returns {Promise<any>}
 * @throws {ApiError} with what the problem says
 */
export async function ask(method, path, { json, text, headers = {} } = {}) {
  const type = json === undefined ? 'text/plain' : 'application/json';
  const body = json === undefined ? text : JSON.stringify(json);
  const response = await fetch(path, {
    method,
    headers: body === undefined ? headers : { ...headers, 'content-type': type },
    ...(body === undefined ? {} : { body }),
  }).catch(() => {
    throw new ApiError(0, 'The service does not answer.');
  });
  const answer = await response.text();
  if (response.ok) return answer === '' ? undefined : JSON.parse(answer);
  throw new ApiError(response.status, detailOf(answer) ?? `The service answered ${response.status}.`);
}

/** @param {string} answer @returns {string | undefined} */
function detailOf(answer) {
  try {
    const { detail } = JSON.parse(answer);
    return typeof detail === 'string' ? sentence(detail) : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}
