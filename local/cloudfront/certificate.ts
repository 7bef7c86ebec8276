import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate and its key, as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

const DAY_MS = 86_400_000;
const LASTS_MS = 30 * DAY_MS;

/** Object identifiers, as DER has them. */
const COMMON_NAME = [0x55, 0x04, 0x03];
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const EXTENDED_KEY_USAGE = [0x55, 0x1d, 0x25];
const SERVER_AUTH = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
const SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];

/**
 * A self-signed certificate for this machine (X.509 v3, P-256), made at each start. Node makes keys and signatures but
 * no certificates.
 */
export function selfSigned(hosts: string[], now = Date.now()): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(identifier(ECDSA_WITH_SHA256));
  const name = sequence(der(0x31, sequence(identifier(COMMON_NAME), der(0x0c, 'edge-chat on this machine'))));
  const names = sequence(...hosts.map(alternativeName));
  const extensions = sequence(
    sequence(identifier(SUBJECT_ALT_NAME), der(0x04, names)),
    sequence(identifier(EXTENDED_KEY_USAGE), der(0x04, sequence(identifier(SERVER_AUTH)))),
  );
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    // Positive, and different at each start: a browser remembers serial numbers.
    der(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(now - DAY_MS), time(now + LASTS_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  return {
    cert: pem(sequence(body, algorithm, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** A host as the certificate names it: an IPv4 address, or a DNS name. */
const alternativeName = (host: string) =>
  isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, host);

/** An element: its tag, its length and its content. */
function der(tag: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const { length } = bytes;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), bytes]);
}

const sequence = (...parts: Buffer[]) => der(0x30, Buffer.concat(parts));
const identifier = (bytes: number[]) => der(0x06, Buffer.from(bytes));
/** `261122201008Z` */
const time = (ms: number) => der(0x17, `${new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)}Z`);

const pem = (bytes: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
