import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ITEM_TRANSITIONS, type ItemEvent, nextState } from '@sluice/engine';
import type { ItemState } from '@sluice/ledger';
import fc from 'fast-check';

const STATES: readonly ItemState[] = ['pending', 'leased', 'done', 'failed', 'in-doubt'];
const EVENTS: readonly ItemEvent[] = [
  'lease',
  'refuse',
  'ok',
  'again',
  'fail',
  'lost-again',
  'lost',
  'cut',
  'crash',
  'mark',
  'give-up',
];
const FACTS = [true, false].flatMap((sent) => [true, false].map((idempotent) => ({ sent, idempotent })));

/** What a person decides; everything else happens by itself. */
const DECISIONS: ReadonlySet<ItemEvent> = new Set(['mark', 'give-up']);
/** Events that say how an attempt ended; the server (or we) said so only in the first group. */
const DEFINITE: ReadonlySet<ItemEvent> = new Set(['ok', 'again', 'fail', 'refuse']);
const UNKNOWN: ReadonlySet<ItemEvent> = new Set(['lost-again', 'lost', 'cut', 'crash']);

const step = fc.record({ event: fc.constantFrom(...EVENTS), sent: fc.boolean() });

test('whatever happens, what was sent, is not idempotent and has no answer comes back only when a person asks for it', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(step, { maxLength: 40 }), (idempotent, steps) => {
      let state: ItemState = 'pending';
      let isUnanswered = false;
      for (const { event, sent } of steps) {
        const next = nextState(state, event, { sent, idempotent });
        if (next === undefined) continue;
        if (state === 'leased' && UNKNOWN.has(event) && sent && !idempotent) isUnanswered = true;
        if (event === 'mark') isUnanswered = false;
        if (isUnanswered)
          assert.ok(next === 'in-doubt' || (next === 'failed' && event === 'give-up'), `${event} → ${next}`);
        if (next === 'leased') assert.ok(!isUnanswered, 'it is begun again and nobody asked for it');
        state = next;
      }
    }),
    { numRuns: 5000 },
  );
});

test('an attempt with a definite answer is never put in doubt, and an unknown end of harmless work never holds it', () => {
  for (const facts of FACTS) {
    for (const event of DEFINITE) assert.notEqual(nextState('leased', event, facts), 'in-doubt', event);
    if (facts.sent && !facts.idempotent) continue;
    for (const event of UNKNOWN) assert.notEqual(nextState('leased', event, facts), 'in-doubt', event);
  }
});

test('done is left by nothing, and nothing but a decision of a person leaves failed and in-doubt', () => {
  for (const facts of FACTS) {
    for (const event of EVENTS) {
      assert.equal(nextState('done', event, facts), undefined);
      if (DECISIONS.has(event)) continue;
      assert.equal(nextState('failed', event, facts), undefined);
      assert.equal(nextState('in-doubt', event, facts), undefined);
    }
  }
});

test('an item is always either under way, or waiting for something that can happen, or at its end', () => {
  for (const facts of FACTS) {
    for (const state of STATES) {
      const isStuck = EVENTS.every((event) => nextState(state, event, facts) === undefined);
      assert.equal(isStuck, state === 'done', state);
    }
    // Whatever an attempt comes to, the item has a state for it.
    for (const event of [...DEFINITE, ...UNKNOWN]) assert.notEqual(nextState('leased', event, facts), undefined, event);
  }
});

test('every state can be reached from pending', () => {
  const reached = new Set<ItemState>(['pending']);
  for (const state of reached) {
    for (const event of EVENTS) {
      for (const facts of FACTS) {
        const next = nextState(state, event, facts);
        if (next !== undefined) reached.add(next);
      }
    }
  }
  assert.deepEqual([...reached].sort(), [...STATES].sort());
});

test('each combination of state, event and facts stands in the table at most once', () => {
  const seen = new Set<string>();
  for (const { from, event, sent, idempotent } of ITEM_TRANSITIONS) {
    for (const s of sent === undefined ? [true, false] : [sent]) {
      for (const i of idempotent === undefined ? [true, false] : [idempotent]) {
        const line = `${from} ${event} sent=${s} idempotent=${i}`;
        assert.ok(!seen.has(line), `${line} stands twice: one line shadows or contradicts the other`);
        seen.add(line);
      }
    }
  }
});

test('nextState says what the table says, and nothing else', () => {
  for (const from of STATES) {
    for (const event of EVENTS) {
      for (const facts of FACTS) {
        const rule = ITEM_TRANSITIONS.find(
          (line) =>
            line.from === from &&
            line.event === event &&
            (line.sent ?? facts.sent) === facts.sent &&
            (line.idempotent ?? facts.idempotent) === facts.idempotent,
        );
        assert.equal(nextState(from, event, facts), rule?.to);
      }
    }
  }
});
