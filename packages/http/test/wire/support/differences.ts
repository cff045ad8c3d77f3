/** Refusals of ours where a peer sees a reply: kind and message, and why ours is right. */
export const OURS_IS_STRICTER: readonly (readonly [kind: string, message: RegExp, why: string])[] = [
  ['malformed', /transfer coding other/, 'RFC 9112 6.1: nobody asked for another coding, and chunked is applied once'],
  ['malformed', /Transfer-Encoding in an HTTP\/1\.0/, 'RFC 9112 6.1: the framing has to be treated as faulty'],
  ['malformed', /no HTTP\/1\.1 status line/, 'RFC 9110 15: a status code is between 100 and 999'],
  ['malformed', /in the reason phrase/, 'RFC 9112 4: tab, space, visible characters and obs-text only'],
  ['malformed', /control character, or a line/, 'RFC 9112 7.1: none in an extension or a trailer'],
  ['malformed', /CR that no LF follows/, 'RFC 9112 2.2: a bare CR makes an element invalid'],
  ['not-http', /./, 'RFC 9112 2.2: only a server passes over an empty line before the start line'],
  ['upgrade', /./, 'RFC 9110 7.8: a server switches only to a protocol that the client offered'],
  ['reset', /./, 'RFC 9112 8: a body that a reset ends is incomplete'],
];

/** Refusals of a peer's where ours sees a reply, and why ours is right. */
export const PEER_IS_WRONG: readonly (readonly [peer: string, refusal: RegExp, why: string])[] = [
  ['undici', /bad response/, 'RFC 9110 15.2: a client has to take 1xx responses, even unasked'],
  ['undici', /LENGTH_MISMATCH/, 'RFC 9112 5.1: white space after a Content-Length is not part of it'],
  ['undici', /Invalid character in Content-Length/, 'RFC 9112 5.1: white space after it may be a tab'],
  ['undici', /Invalid character in chunk/, 'RFC 9112 7.1.1: bad white space before an extension has to be read'],
  ['node:http', /Invalid character in chunk/, 'RFC 9112 7.1.1: bad white space before an extension has to be read'],
];

/** Why a peer may refuse, in whatever words, a response that more bytes follow. */
export const MORE_BYTES_FOLLOW =
  'RFC 9112 6.3: what follows a whole message is not part of it; ours closes the connection';
