import { createECDH, createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto';

/** The key by which a stack names itself to push services (RFC 8292). */
export interface VapidKey {
  privateKey: KeyObject;
  /** What browsers subscribe with: a point of P-256 in base64url. */
  publicKey: string;
}

/** The order of P-256's base point. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const KEY_BYTES = 32;
/** 128 bits more than a key has, so that every key is as likely (FIPS 186-5, A.2.1). */
const MATERIAL_BYTES = KEY_BYTES + 16;

/** Derives the key of a stack from its secret: the same secret always gives the same key. */
export function vapidKeyOf(secret: string): VapidKey {
  const material = Buffer.from(hkdfSync('sha256', secret, '', 'edge-chat vapid', MATERIAL_BYTES));
  const scalar = (BigInt(`0x${material.toString('hex')}`) % (ORDER - 1n)) + 1n;
  const d = Buffer.from(scalar.toString(16).padStart(2 * KEY_BYTES, '0'), 'hex');
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(d);
  const point = pair.getPublicKey();
  const [x, y] = [point.subarray(1, 1 + KEY_BYTES), point.subarray(1 + KEY_BYTES)];
  const coordinates = { x: x.toString('base64url'), y: y.toString('base64url') };
  return {
    privateKey: createPrivateKey({
      key: { kty: 'EC', crv: 'P-256', d: d.toString('base64url'), ...coordinates },
      format: 'jwk',
    }),
    publicKey: point.toString('base64url'),
  };
}
