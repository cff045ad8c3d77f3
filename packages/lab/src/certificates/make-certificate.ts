import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, der, integer, objectId, octets, sequence, setOf, TRUE, utcTime, utf8 } from './der.ts';

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
const COMMON_NAME = objectId('2.5.4.3');
const KEY_USAGE = objectId('2.5.29.15');
const SUBJECT_ALT_NAME = objectId('2.5.29.17');
const BASIC_CONSTRAINTS = objectId('2.5.29.19');
const DAY_MS = 86_400_000;

/** A certificate with its key. */
export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

/** What a certificate says. */
export interface CertificateOptions {
  /** Its common name; no client looks at it any more (RFC 9110 4.3.4). */
  readonly name: string;
  /** The host names and IPv4 addresses that it is good for. */
  readonly hosts?: readonly string[];
  /** Who signs it. Default: it signs itself. */
  readonly issuer?: Certificate;
  /** It may sign others. Default false. */
  readonly isAuthority?: boolean;
  /** From when to when it is good, in days from now. Default -1 to 30. */
  readonly days?: readonly [from: number, to: number];
}

/** Makes a certificate (RFC 5280) on P-256; under a millisecond, so that a lab keeps no key on disk. */
export function makeCertificate(options: CertificateOptions): Certificate {
  const { name, hosts = [], issuer, isAuthority = false, days = [-1, 30] } = options;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const serial = randomBytes(12);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  const body = sequence(
    der(0xa0, integer(Buffer.of(2))),
    integer(serial),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer?.name ?? name),
    sequence(...days.map((day) => utcTime(new Date(now + day * DAY_MS)))),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(hosts, isAuthority))),
  );
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  return {
    name,
    privateKey,
    cert: pem('CERTIFICATE', sequence(body, ECDSA_WITH_SHA256, bits(signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function extensions(hosts: readonly string[], isAuthority: boolean): Buffer[] {
  const constraints = isAuthority ? sequence(TRUE) : sequence();
  const list = [sequence(BASIC_CONSTRAINTS, TRUE, octets(constraints))];
  // keyCertSign is the sixth bit (RFC 5280 4.2.1.3).
  if (isAuthority) list.push(sequence(KEY_USAGE, TRUE, octets(bits(Buffer.of(0x04), 2))));
  if (hosts.length > 0) list.push(sequence(SUBJECT_ALT_NAME, octets(sequence(...hosts.map(alternativeName)))));
  return list;
}

function alternativeName(host: string): Buffer {
  return isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
}

function distinguishedName(name: string): Buffer {
  return sequence(setOf(sequence(COMMON_NAME, utf8(name))));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
