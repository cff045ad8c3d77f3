import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimeoutError } from '@sluice/core';
import { EngineError, OUTCOME_CLASSES, type OutcomeClass } from '@sluice/engine';
import {
  EvidenceRecord,
  HeaderList,
  HTTP_ERRORS,
  HttpError,
  type HttpErrorCode,
  HttpStatusError,
  Reply,
} from '@sluice/http';
import type { ItemState, Settlement } from '@sluice/ledger';
import { NOTHING_SPENT, RetryPolicy, type RetryPolicyOptions } from '../../src/item/retry-policy.ts';
import { classifyError, classifyValue } from '../../src/outcome/classify.ts';
import type { Outcome } from '../../src/outcome/outcome.ts';
import { type EndedAttempt, reportOf } from '../../src/run/attempt-report.ts';
import { settle } from '../../src/run/settle.ts';
import { AttemptFacts } from '../../src/step/attempt-facts.ts';

const ITEM = {
  id: 7,
  key: 'k',
  host: 'h',
  text: null,
  input: 'k',
  attempts: 2,
  spent: NOTHING_SPENT,
  limits: undefined,
};

/** A retry for every class, or none for any. */
const ENDLESS = new RetryPolicy(
  { ...Object.fromEntries(Object.keys(OUTCOME_CLASSES).map((name) => [name, 9])), throttled: {} } as RetryPolicyOptions,
  () => 0.5,
);
const NONE = new RetryPolicy({ attempts: 1, throttled: { maxWait: 0 } }, () => 0.5);

/** How {@link ITEM} is settled after an attempt. */
function settled(
  ended: Partial<EndedAttempt> & Pick<EndedAttempt, 'outcome' | 'facts'>,
  policy: RetryPolicy,
): Settlement {
  const whole = { number: 3, startedAt: 0, durationMs: 0, idempotent: true, wasCut: false, ...ended };
  return settle(ITEM, reportOf(whole), { policy, idempotent: whole.idempotent });
}

function request(facts: AttemptFacts, method: string, sent: boolean, isRepeatable = false): EvidenceRecord {
  const record = new EvidenceRecord(method, 'http://a.test/');
  facts.begin(record, isRepeatable);
  record.sent = sent;
  record.requests = sent ? 1 : 0;
  facts.end(record);
  return record;
}

function replyOf(record: EvidenceRecord, status: number, headers: readonly string[] = []): Reply {
  const body = Buffer.from('body');
  return new Reply({
    status,
    headers: new HeaderList(headers),
    url: record.url,
    redirects: [],
    body,
    evidence: record,
  });
}

interface Case {
  readonly outcome: Outcome;
  readonly facts: AttemptFacts;
}

function stateOf(
  { outcome, facts }: Case,
  options: { idempotent: boolean; policy: RetryPolicy; wasCut?: boolean },
): ItemState {
  const { idempotent, policy, wasCut = false } = options;
  return settled({ outcome, facts, idempotent, wasCut }, policy).state;
}

/** How one request of `method` failed. */
function failed(code: HttpErrorCode, method: string, sent: boolean, isRepeatable = false): Case {
  const facts = new AttemptFacts();
  const record = request(facts, method, sent, isRepeatable);
  return { outcome: classifyError(new HttpError(code, 'x', { evidence: record, temporary: true }), record), facts };
}

function answered(status: number, method: string, headers: readonly string[] = []): Case {
  const facts = new AttemptFacts();
  const record = request(facts, method, true);
  return { outcome: classifyValue(replyOf(record, status, headers), record), facts };
}

const byClass = new Map<OutcomeClass, HttpErrorCode>();
for (const [code, { class: name }] of Object.entries(HTTP_ERRORS)) byClass.set(name, code as HttpErrorCode);
const REFUSED: ReadonlySet<OutcomeClass> = new Set(['input', 'policy']);

test('class × sent × idempotent × retries left: only a POST that may have arrived is put in doubt', () => {
  for (const [name, code] of byClass) {
    for (const sent of [true, false]) {
      for (const idempotent of [true, false]) {
        for (const policy of [ENDLESS, NONE]) {
          const failure = failed(code, 'POST', sent);
          let expected: ItemState = policy === ENDLESS ? 'pending' : 'failed';
          if (REFUSED.has(name)) expected = 'failed';
          if (sent && !idempotent) expected = 'in-doubt';
          const what = `${name}, sent ${sent}, idempotent ${idempotent}, ${policy === NONE ? 'no ' : ''}retries`;
          assert.equal(stateOf(failure, { idempotent, policy }), expected, what);
        }
      }
    }
  }
});

test('a request that may be repeated is not in doubt, whatever the job says of the step', () => {
  for (const [name, code] of byClass) {
    if (REFUSED.has(name)) continue;
    for (const [method, isRepeatable] of [
      ['GET', false],
      ['PUT', false],
      ['POST', true],
    ] as const) {
      const failure = failed(code, method, true, isRepeatable);
      assert.equal(stateOf(failure, { idempotent: false, policy: ENDLESS }), 'pending', `${name} ${method}`);
      assert.equal(stateOf(failure, { idempotent: false, policy: NONE }), 'failed', `${name} ${method}`);
    }
  }
});

test('an answer that refuses a POST is definite: it is repeated or has failed, and is never in doubt', () => {
  for (const [status, headers, retried] of [
    [500, [], 'pending'],
    [408, [], 'pending'],
    [429, [], 'pending'],
    [503, ['retry-after', '1'], 'pending'],
    [404, [], 'failed'],
    [200, [], 'done'],
  ] as const) {
    const classDefaults = new RetryPolicy({}, () => 0.5);
    for (const idempotent of [true, false]) {
      assert.equal(
        stateOf(answered(status, 'POST', headers), { idempotent, policy: classDefaults }),
        retried,
        `${status}`,
      );
    }
  }
});

test('a cut puts back what is idempotent and holds everything else, sent or not', () => {
  for (const sent of [true, false]) {
    const attempt = failed('SLUICE_HTTP_RESET', 'GET', sent);
    assert.equal(stateOf(attempt, { idempotent: true, policy: ENDLESS, wasCut: true }), 'pending');
    assert.equal(stateOf(attempt, { idempotent: false, policy: ENDLESS, wasCut: true }), 'in-doubt');
  }
});

test('a step that a deadline ended in its middle may have done anything', () => {
  const attempt: Case = { outcome: classifyError(new TimeoutError(5), undefined), facts: new AttemptFacts() };
  assert.equal(stateOf(attempt, { idempotent: false, policy: ENDLESS }), 'in-doubt');
  assert.equal(stateOf(attempt, { idempotent: true, policy: ENDLESS }), 'pending');
  assert.equal(stateOf(attempt, { idempotent: true, policy: NONE }), 'failed');
});

test('when a request was answered well and a later one fails, the step is not repeated: that would repeat the first', () => {
  const afterPost = (last: (facts: AttemptFacts) => Outcome): Case => {
    const facts = new AttemptFacts();
    request(facts, 'POST', true);
    return { outcome: last(facts), facts };
  };
  const endings: [string, (facts: AttemptFacts) => Outcome][] = [
    ['a GET is answered 503', (facts) => classifyValue(replyOf(request(facts, 'GET', true), 503), undefined)],
    ['a POST is answered 503', (facts) => classifyValue(replyOf(request(facts, 'POST', true), 503), undefined)],
    ['a POST is answered 404', (facts) => classifyValue(replyOf(request(facts, 'POST', true), 404), undefined)],
    [
      'a connection is refused',
      (facts) => {
        const record = request(facts, 'GET', false);
        return classifyError(new HttpError('SLUICE_HTTP_CONNECT', '', { evidence: record }), record);
      },
    ],
    ['the step throws', () => classifyError(new Error('no price in it'), undefined)],
    [
      'a redirect is refused by policy',
      (facts) => {
        const record = request(facts, 'GET', true);
        return classifyError(new HttpError('SLUICE_HTTP_UNSUPPORTED_SCHEME', '', { evidence: record }), record);
      },
    ],
  ];
  for (const [what, last] of endings) {
    assert.equal(stateOf(afterPost(last), { idempotent: false, policy: ENDLESS }), 'in-doubt', what);
    assert.notEqual(stateOf(afterPost(last), { idempotent: true, policy: ENDLESS }), 'in-doubt', what);
  }
});

test('a POST that got no answer stays in doubt although the step went on and another request was refused', () => {
  const facts = new AttemptFacts();
  request(facts, 'POST', true);
  const second = request(facts, 'POST', true);
  const outcome = classifyError(new HttpStatusError(replyOf(second, 503), 'server'), second);
  assert.equal(stateOf({ outcome, facts }, { idempotent: false, policy: ENDLESS }), 'in-doubt');
});

test('a POST that is still under way when the step ends is in doubt too', () => {
  const facts = new AttemptFacts();
  const open = new EvidenceRecord('POST', 'http://a.test/');
  facts.begin(open, false);
  open.sent = true;
  const refused = request(facts, 'POST', true);
  facts.close();
  const outcome = classifyValue(replyOf(refused, 503), refused);
  assert.equal(stateOf({ outcome, facts }, { idempotent: false, policy: ENDLESS }), 'in-doubt');
  assert.equal(facts.sent, true);
});

test('a POST that was redirected into a GET was done: the failure of the GET does not undo it', () => {
  for (const end of [
    (record: EvidenceRecord) => classifyValue(replyOf(record, 503), record),
    (record: EvidenceRecord) => classifyError(new HttpError('SLUICE_HTTP_CONNECT', '', { evidence: record }), record),
  ]) {
    const facts = new AttemptFacts();
    const record = request(facts, 'POST', true);
    record.method = 'GET';
    assert.equal(stateOf({ outcome: end(record), facts }, { idempotent: false, policy: ENDLESS }), 'in-doubt');
  }
});

test('a name that does not exist fails at once', () => {
  const facts = new AttemptFacts();
  const record = request(facts, 'GET', false);
  const outcome = classifyError(new HttpError('SLUICE_HTTP_DNS_NOT_FOUND', '', { evidence: record }), record);
  assert.equal(stateOf({ outcome, facts }, { idempotent: true, policy: ENDLESS }), 'failed');
});

test('a settlement keeps what the attempt was: number, evidence, retry, result', () => {
  const { outcome, facts } = answered(500, 'GET', ['retry-after', '3']);
  const before = Date.now();
  const settlement = settled({ outcome, facts, startedAt: 11, durationMs: 12.5 }, ENDLESS);
  const { attempt, result, dueAt, spent } = settlement;
  assert.ok(dueAt !== null && dueAt >= before + 3000 && dueAt <= Date.now() + 4000);
  assert.deepEqual(JSON.parse(spent ?? ''), { retries: { server: 1 }, throttledMs: 0 });
  assert.deepEqual(
    [
      attempt?.number,
      attempt?.class,
      attempt?.code,
      attempt?.method,
      attempt?.url,
      attempt?.startedAt,
      attempt?.requests,
    ],
    [3, 'server', 'HTTP_500', 'GET', 'http://a.test/', 11, 1],
  );
  assert.deepEqual([result?.status, Buffer.from(result?.body ?? []).toString()], [500, 'body']);
});

test('the row of an attempt tells of the request that decided, and of the step itself where that failed', () => {
  const facts = new AttemptFacts();
  const decisive = request(facts, 'PUT', true);
  request(facts, 'GET', true);
  const wrapped = new Error('saving failed', {
    cause: new HttpError('SLUICE_HTTP_RESET', '', { evidence: decisive }),
  });
  const row = (outcome: Outcome) => settled({ outcome, facts }, NONE).attempt;
  assert.equal(row(classifyError(wrapped, facts.last))?.method, 'PUT');
  const own = row(classifyError(new Error('no price'), facts.last));
  assert.deepEqual([own?.phase, own?.method], ['step', 'GET']);
  const refusal = new EngineError('SLUICE_INPUT_URL', '', { outcomeClass: 'input' });
  const ownEnd = settled({ outcome: classifyError(refusal, undefined), facts: new AttemptFacts() }, NONE);
  assert.deepEqual([ownEnd.state, ownEnd.attempt?.phase], ['failed', 'step']);
});

test('the body of a failure is kept up to 64 KiB, that of a success whole, and a value instead of a reply', () => {
  const big = Buffer.alloc(100_000, 'x');
  const answer = (status: number) => {
    const facts = new AttemptFacts();
    const record = request(facts, 'GET', true);
    const reply = new Reply({
      status,
      headers: new HeaderList(['a', '1', 'A', '2']),
      url: record.url,
      redirects: [],
      body: big,
      evidence: record,
    });
    const outcome = classifyValue(reply, record);
    return settled({ outcome, facts }, NONE);
  };
  assert.equal(answer(200).result?.body?.length, 100_000);
  assert.equal(answer(500).result?.body?.length, 65_536);
  assert.equal((JSON.parse(answer(200).result?.headers ?? '') as unknown[]).length, 2);
  const value = { outcome: classifyValue({ n: 1 }, undefined), facts: new AttemptFacts() };
  const { result } = settled(value, NONE);
  assert.deepEqual(result, { status: null, headers: null, body: null, charset: null, value: '{"n":1}' });
});

test('what a step emitted counts only when it ended well', () => {
  for (const [status, count] of [
    [200, 1],
    [500, 0],
    [404, 0],
  ] as const) {
    const { outcome, facts } = answered(status, 'GET');
    facts.emits.push({ key: 'child', host: '', input: null });
    const settlement = settled({ outcome, facts }, NONE);
    assert.equal(settlement.emits.length, count, `${status}`);
  }
});
