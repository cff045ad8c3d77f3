import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Phase, Timings } from '@sluice/http';
import { type HostileCase, hostileCases, type Lab, startLab } from '@sluice/lab';
import type { Expectation } from './expectations/expectation.ts';
import { EXPECTATIONS } from './expectations.ts';
import { type Outcome, outcomeOf, TRANSPORTS } from './outcome-of.ts';

/** The deadline of a request and then some. */
const TIMEOUT_MS = 40_000;
const ANSWERED = new Set(['headers', 'body', 'decode']);

test('there is an expectation for each behaviour of the lab, and for nothing else', () => {
  assert.deepEqual(Object.keys(EXPECTATIONS).sort(), hostileCases.map(({ name }) => name).sort());
});

test('what is expected is what the lab says of a good client', () => {
  for (const { name, expected } of hostileCases) {
    assert.ok((expected as readonly string[]).includes(EXPECTATIONS[name]!.class), name);
  }
});

for (const transport of TRANSPORTS) {
  // Some ports of a lab do their worst once.
  const starting = startLab({ hostile: true });
  for (const hostile of hostileCases.filter(({ needs }) => needs !== 'few-descriptors')) {
    const { name, does } = hostile;
    test(`${name} over ${transport}: a server that ${does}`, { timeout: TIMEOUT_MS }, async () => {
      const lab = await starting;
      const usual = EXPECTATIONS[name]!;
      const expected = transport === 'undici' ? { ...usual, ...usual.byUndici } : usual;
      const outcome = await outcomeOf(hostile, lab, transport, expected);
      assert.deepEqual(
        { class: outcome.class, code: outcome.code, phase: outcome.phase },
        { class: expected.class, code: expected.code, phase: expected.phase },
        outcome.message,
      );
      if (expected.says !== undefined) assert.match(outcome.message, expected.says);
      assertEvidence(outcome, expected, hostile, lab);
      if (outcome.reply === undefined) return;
      if (expected.body !== undefined) assert.equal(outcome.reply.text(), expected.body);
      await expected.check?.(outcome.reply, lab);
      expected.tells?.(outcome.reply);
    });
  }
  test(`the lab over ${transport} has no connection left`, async () => {
    const lab = await starting;
    assert.equal(lab.openConnections, 0);
    await lab.close();
  });
}

/** What was seen fits together, and says of each request whether it may have reached the server. */
function assertEvidence(outcome: Outcome, expected: Expectation, hostile: HostileCase, lab: Lab): void {
  const { evidence } = (outcome.reply ?? outcome.error)!;
  const { phase, requests, sent, bytesIn, bytesOut, address, tlsVersion, httpVersion, timings } = evidence;
  assert.equal(phase, outcome.phase);
  assert.equal(evidence.code, outcome.error?.code);
  assert.equal(requests, expected.requests);
  assert.equal(sent, requests > 0);
  assert.equal(bytesOut > 0, requests > 0);
  assert.ok(bytesIn > 0 === (requests > 0 && phase !== 'wait'), `${bytesIn} bytes came in, up to ${phase}`);
  assert.ok(evidence.durationMs > 0 && Math.abs(evidence.startedAt - Date.now()) < TIMEOUT_MS);
  assertTimings(phase, timings, requests);
  if (!ANSWERED.has(phase)) {
    if (phase !== 'wait') assert.equal(address, undefined, 'no connection was made for the last URL');
    return;
  }
  assert.match(address!, /^127\.0\.0\.1:\d+$/);
  if (hostile.needs !== 'proxy')
    assert.ok(JSON.stringify(lab.hostile!.addresses).includes(address!), `${address} is no lab's`);
  assert.equal(tlsVersion !== undefined, evidence.url.startsWith('https:'));
  if (phase !== 'headers') assert.equal(httpVersion, hostile.needs === 'http2' ? '2' : '1.1');
}

/** Each phase that was reached has its time, the one that failed too. */
function assertTimings(phase: Phase, timings: Timings, requests: number): void {
  const { dnsMs, connectMs, tlsMs, waitMs, bodyMs } = timings;
  if (phase === 'dns') assert.ok(dnsMs! >= 0);
  if (phase === 'tls') assert.ok(connectMs! >= 0 && tlsMs! >= 0);
  assert.equal(waitMs !== undefined, phase === 'wait' || ANSWERED.has(phase), 'waitMs');
  assert.equal(bodyMs !== undefined, phase === 'body' || phase === 'decode', 'bodyMs');
  for (const ms of Object.values(timings)) assert.ok(ms >= 0 && ms < TIMEOUT_MS, `${ms} ms, ${requests} requests`);
}
