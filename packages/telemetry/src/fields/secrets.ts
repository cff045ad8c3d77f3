/** What stands in place of a secret. */
export const REDACTED = '[redacted]';

/** Names whose last part is one of these hold secrets: `token`, `accessToken`, `x-api-key`, `set-cookie`, `DB_PASSWORD`; not `tokens`. */
const SECRET_NAME = /(?:authorization|cookie|password|passwd|passphrase|secret|token|api[-_]?key|private[-_]?key)$/i;

/** Longer texts are no names. */
const MAX_NAME = 64;

/** Programs log the same few keys again and again; beyond this many they are data, and not worth remembering. */
const MAX_REMEMBERED = 2000;
const remembered = new Map<string, boolean>();

/** Whether a field, a header or a parameter of this name holds a secret. */
export function isSecretName(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const isSecret = name.length <= MAX_NAME && SECRET_NAME.test(name);
  if (remembered.size < MAX_REMEMBERED) remembered.set(name, isSecret);
  return isSecret;
}

/**
 * The userinfo of a URL (RFC 3986, 3.2.1), up to the last `@` of the authority as the URL standard has it. Second form: a password with
 * an unencoded `/`, `?` or `#`, which is no URL but is written by hand all the same; told from a host by having no port behind its colon.
 */
const USERINFO = /:\/\/(?:[^\s/?#"<>]*@|[^\s/?#@:[\]"<>]*:(?!\d{1,5}(?:[^\d@]|$))\S{1,256}?@)/g;

const SECRET_PARAMETER =
  /([?&;][\w.-]{0,32}(?:authorization|password|passwd|passphrase|secret|token|api[-_]?key|signature)=)[^&;\s"<>#]+/gi;

/** The text without the credentials of the URLs in it: userinfo, and query parameters with the name of a secret. */
export function redactUrls(text: string): string {
  let safe = text;
  if (safe.includes('://')) safe = safe.replace(USERINFO, `://${REDACTED}@`);
  if (safe.includes('=')) safe = safe.replace(SECRET_PARAMETER, `$1${REDACTED}`);
  return safe;
}
