import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelScope, SluiceError, sleep, TimeoutError, timeout } from '@sluice/core';
import { EngineError, OUTCOME_CLASSES } from '@sluice/engine';
import {
  EvidenceRecord,
  HeaderList,
  HTTP_ERRORS,
  HttpError,
  type HttpErrorCode,
  HttpStatusError,
  Reply,
} from '@sluice/http';
import { classifyError, classifyValue } from '../../src/outcome/classify.ts';

function evidence(sent = true): EvidenceRecord {
  return Object.assign(new EvidenceRecord('GET', 'http://a.test/'), { sent });
}

function reply(status: number, headers: readonly string[] = [], of: EvidenceRecord = evidence()): Reply {
  return new Reply({
    status,
    headers: new HeaderList(headers),
    url: 'http://a.test/',
    redirects: [],
    body: Buffer.from('body'),
    evidence: of,
  });
}

test('every failure of the session keeps its class, code and evidence', () => {
  for (const [code, { class: failureClass }] of Object.entries(HTTP_ERRORS)) {
    const record = evidence();
    const error = new HttpError(code as HttpErrorCode, 'what happened', { evidence: record });
    const outcome = classifyError(error, undefined);
    assert.deepEqual([outcome.class, outcome.code, outcome.evidence], [failureClass, code, record]);
    assert.ok(failureClass in OUTCOME_CLASSES);
    assert.match(outcome.message ?? '', /what happened/);
  }
});

test('a failure after bytes have left is definite only where somebody has said what happened', () => {
  const definite = new Set<string>();
  for (const [code, { class: failureClass }] of Object.entries(HTTP_ERRORS)) {
    const sent = classifyError(new HttpError(code as HttpErrorCode, '', { evidence: evidence(true) }), undefined);
    const unsent = classifyError(new HttpError(code as HttpErrorCode, '', { evidence: evidence(false) }), undefined);
    if (sent.isDefinite) definite.add(failureClass);
    assert.ok(unsent.isDefinite, `${code}: nothing was sent, so nothing was done`);
  }
  // `step` is a hook that threw: over a request that was sent only when its answer is there.
  assert.deepEqual([...definite].sort(), ['client', 'connect', 'dns', 'input', 'policy', 'step', 'tls']);
});

test('a name that does not exist is not looked up again, a name server that is down is', () => {
  const fail = (code: HttpErrorCode, temporary: boolean) =>
    classifyError(new HttpError(code, '', { evidence: evidence(false), temporary }), undefined);
  assert.equal(fail('SLUICE_HTTP_DNS_NOT_FOUND', false).isRetryable, false);
  assert.equal(fail('SLUICE_HTTP_DNS_FAILED', true).isRetryable, true);
  assert.equal(fail('SLUICE_HTTP_CONNECT', false).isRetryable, true);
});

test('a reply is judged by its status, thrown or returned, and is kept', () => {
  const cases: [number, readonly string[], string][] = [
    [200, [], 'ok'],
    [204, [], 'ok'],
    [304, [], 'client'],
    [404, [], 'client'],
    [408, [], 'server'],
    [421, [], 'server'],
    [425, [], 'server'],
    [429, [], 'throttled'],
    [500, [], 'server'],
    [503, [], 'server'],
    [503, ['retry-after', '2'], 'throttled'],
    [999, [], 'client'],
  ];
  for (const [status, headers, expected] of cases) {
    const given = reply(status, headers);
    const returned = classifyValue(given, undefined);
    assert.equal(returned.class, expected, `${status} ${headers.join(' ')}`);
    assert.equal(returned.reply, given);
    if (expected === 'ok') continue;
    assert.equal(returned.code, `HTTP_${status}`);
    const thrown = classifyError(new HttpStatusError(given, expected as 'server'), undefined);
    assert.deepEqual(thrown, returned);
  }
});

test('Retry-After is read from any failing reply', () => {
  assert.equal(classifyValue(reply(429, ['retry-after', '7']), undefined).retryAfterMs, 7000);
  assert.equal(classifyValue(reply(500, ['retry-after', '1']), undefined).retryAfterMs, 1000);
  assert.equal(classifyValue(reply(429, ['retry-after', 'soon']), undefined).retryAfterMs, undefined);
  assert.equal(classifyValue(reply(429), undefined).retryAfterMs, undefined);
});

test('an HTTP failure counts as such also inside an error of the step, but not from the far end of an endless chain', () => {
  const cause = new HttpError('SLUICE_HTTP_RESET', '', { evidence: evidence() });
  assert.equal(classifyError(new Error('no page', { cause }), undefined).class, 'in-doubt');
  assert.equal(classifyError(new AggregateError([cause], 'both', { cause }), undefined).class, 'in-doubt');
  const status = new HttpStatusError(reply(503), 'server');
  assert.equal(classifyError(new Error('a', { cause: new Error('b', { cause: status }) }), undefined).class, 'server');
  const loop = new Error('loop');
  loop.cause = loop;
  assert.equal(classifyError(loop, undefined).class, 'step');
});

test('a deadline that ended the step leaves open what it had done', async () => {
  const error = await timeout('1ms', () => sleep('1h')).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TimeoutError);
  const outcome = classifyError(error, undefined);
  assert.deepEqual(
    [outcome.class, outcome.code, outcome.isDefinite, outcome.wasCutOff],
    ['timeout', 'SLUICE_TIMEOUT', false, true],
  );
});

test('what a step throws is its own failure, whatever it is', async () => {
  const cases: [unknown, string, string][] = [
    [new Error('no price'), 'SLUICE_STEP', 'no price'],
    [new TypeError('x is not a function'), 'SLUICE_STEP', 'TypeError: x is not a function'],
    [Object.assign(new Error('gone'), { code: 'ENOENT' }), 'ENOENT', 'gone'],
    [Object.assign(new Error('odd'), { code: 42 }), 'SLUICE_STEP', 'odd'],
    [new SluiceError('own', { code: 'MY_CODE' }), 'MY_CODE', /own/.source],
    ['a text', 'SLUICE_STEP', 'the step threw a text'],
    [undefined, 'SLUICE_STEP', 'the step threw undefined'],
    [null, 'SLUICE_STEP', 'the step threw null'],
  ];
  for (const [thrown, code, message] of cases) {
    const outcome = classifyError(thrown, undefined);
    assert.deepEqual([outcome.class, outcome.code, outcome.wasCutOff], ['step', code, false]);
    assert.match(outcome.message ?? '', new RegExp(message));
  }
  // The cancellation of a scope of the step's own is its failure too.
  const kept = await cancelScope(async (scope) => {
    scope.cancel();
    return sleep(1).catch((error: unknown) => error);
  });
  assert.equal(classifyError(kept, undefined).class, 'step');
});

test('errors of ours about an item carry their class', () => {
  const error = new EngineError('SLUICE_INPUT_URL', 'no URL', { outcomeClass: 'input' });
  const outcome = classifyError(error, undefined);
  assert.deepEqual([outcome.class, outcome.code], ['input', 'SLUICE_INPUT_URL']);
});

test('values are kept as JSON; what cannot be is refused, and nothing is nothing', () => {
  assert.equal(classifyValue({ a: [1, null] }, undefined).value, '{"a":[1,null]}');
  assert.equal(classifyValue(null, undefined).value, 'null');
  assert.equal(classifyValue(0, undefined).value, '0');
  assert.equal(classifyValue(undefined, undefined).value, undefined);
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  for (const value of [() => 1, Symbol('s'), 1n, cyclic]) {
    assert.throws(() => classifyValue(value, undefined), { code: 'SLUICE_VALUE_NOT_JSON', outcomeClass: 'step' });
  }
});
