/** RFC 8188 and RFC 8291: the package has no types of its own. */
declare module 'http_ece' {
  import type { ECDH } from 'node:crypto';

  interface Parameters {
    version: 'aes128gcm';
    privateKey: ECDH;
    /** The other side's public key in base64url. */
    dh?: string;
    authSecret: string;
    salt?: string;
  }

  export function encrypt(text: Buffer, parameters: Parameters): Buffer;
  export function decrypt(body: Buffer, parameters: Parameters): Buffer;
}
