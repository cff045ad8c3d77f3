import assert from 'node:assert/strict';
import { badFraming, badHead, type Expectation, failed, notHttp, ok, status } from './expectation.ts';

/** Of `protocolCases`. The sections are those of RFC 9112 unless another is named. */
export const protocol: Readonly<Record<string, Expectation>> = {
  'status-line-garbage': notHttp(/not HTTP: "complete garbage/),
  'http-0.9': notHttp(/HTTP\/0\.9/),
  'tls-alert': notHttp(/use https:/),
  // The server closes without the alert that would tell.
  'http-on-tls-port': failed('in-doubt', 'SLUICE_HTTP_CLOSED', 'wait'),
  'ssh-banner': notHttp(/SSH/),
  'smtp-banner': notHttp(/SMTP/),
  'banner-first': notHttp(/SMTP/),
  'http-3.7': notHttp(/HTTP\/3\.7/),
  'status-000': badHead(/"HTTP\/1\.1 0/),
  'status-text': badHead(/"HTTP\/1\.1 a/),
  'status-1000': badHead(/"HTTP\/1\.1 1000/),
  'length-negative': badHead(/Content-Length that is no number/),
  'length-text': badHead(/Content-Length that is no number/),
  'length-twice': badHead(/two Content-Lengths \(RFC 9112 6\.3/),
  'length-two': badHead(/two Content-Lengths \(RFC 9112 6\.3/),
  'length-and-chunked': badHead(/both Content-Length and Transfer-Encoding/),
  'chunk-size-text': badFraming(/without a size/),
  'chunk-size-huge': badFraming(/beyond all measure/),
  'chunk-end-missing': badFraming(/longer than its size/),
  'chunk-last-missing': failed('integrity', 'SLUICE_HTTP_TRUNCATED', 'body', { says: /ended before the body did/ }),
  'chunk-extension-huge': failed('limit', 'SLUICE_HTTP_FRAMING_TOO_LARGE', 'body'),
  'chunk-lf-only': badFraming(/ends with LF alone/),
  'head-lf-only': badHead(/ends with LF alone/),
  'head-huge': failed('limit', 'SLUICE_HTTP_HEADERS_TOO_LARGE', 'headers', { says: /65536 bytes/ }),
  'head-nul': badHead(/0x00 in a field value/),
  'head-bare-cr': badHead(/CR that no LF follows/),
  'head-space-before-colon': badHead(/white space between a field name and its colon/),
  'head-no-colon': badHead(/white space between a field name and its colon/),
  'head-latin1': ok({
    body: 'hello',
    isSpent: true,
    check: ({ headers }) => assert.equal(headers.get('x-latin1'), 'caf\xe9'),
  }),
  'informational-flood': failed('limit', 'SLUICE_HTTP_TOO_MANY_INFORMATIONAL', 'headers', { says: /more than 20/ }),
  'unasked-100': ok({ body: 'continued\n' }),
  'unasked-101': failed('protocol', 'SLUICE_HTTP_UPGRADE', 'headers'),
  // Its Content-Length is that of the body it does not send (RFC 9110 8.6); a server that sent one would be misread.
  'unasked-304': status(304, 'client', { open: 0, body: '', byUndici: { open: 1, isSpent: true } }),
  'surplus-bytes': ok({ open: 0, body: 'hello' }),
  'no-reason': ok({ body: 'hello', isSpent: true }),
  'body-after-204': status(204, 'ok', { open: 0, body: '' }),
  'coding-after-chunked': badHead(/transfer coding other than chunked/),
};
