import type { ItemOutcome } from '@sluice/engine';

/** An outcome as a ledger could give it. */
export function outcomeOf(changes: Partial<ItemOutcome> = {}): ItemOutcome {
  return {
    id: 1,
    key: 'http://example.org/',
    position: 1,
    host: 'example.org',
    state: 'done',
    class: 'ok',
    code: null,
    message: null,
    attempts: 1,
    status: 200,
    headers: [['content-type', 'text/plain']],
    bodyBytes: 5,
    body: new TextEncoder().encode('hello'),
    text: 'hello',
    value: undefined,
    finishedAt: new Date('2026-11-23T12:00:00Z'),
    ...changes,
  };
}
