import { exportSPKI, type generateKeyPair, SignJWT } from 'jose';

export type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** What tokens are forged with: the guests' real key, the provider's real keys, and a stranger's. */
export interface Workshop {
  guestKey: string;
  issuer: string;
  audience: string;
  provider: { privateKey: Key; publicKey: Key };
  stranger: { privateKey: Key; publicKey: Key };
  jwksUrl: string;
}

type Forge = (workshop: Workshop) => string | Promise<string>;

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const bytes = (text: string) => new TextEncoder().encode(text);
const soon = () => Math.floor(Date.now() / 1000) + 3600;

const guestClaims = () => ({
  iss: 'edge-chat',
  aud: 'edge-chat',
  sub: 'guest:mallory',
  name: 'Mallory',
  auth_time: soon(),
  exp: soon(),
});
const theirClaims = ({ issuer, audience }: Workshop) => ({
  iss: issuer,
  aud: audience,
  sub: 'mallory',
  name: 'Mallory',
  exp: soon(),
});

const guest =
  (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Forge =>
  ({ guestKey }) =>
    new SignJWT({ ...guestClaims(), ...claims })
      .setProtectedHeader({ alg: 'HS256', ...header })
      .sign(bytes(guestKey));

const theirs =
  (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Forge =>
  (workshop) =>
    new SignJWT({ ...theirClaims(workshop), ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
      .sign(workshop.provider.privateKey);

const strangers =
  (header: Record<string, unknown>): Forge =>
  (workshop) =>
    new SignJWT(theirClaims(workshop))
      .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
      .sign(workshop.stranger.privateKey);

const unsigned =
  (header: object): Forge =>
  (workshop) =>
    `${encode(header)}.${encode(theirClaims(workshop))}.`;

/** Valid tokens: the workshop's keys are the stack's. */
export const GOOD_TOKENS: Record<string, Forge> = { 'of a guest': guest(), 'of the provider': theirs() };

/** Tokens that must not: every one is answered 403. */
export const BAD_TOKENS: Record<string, Forge> = {
  'that is a word': () => 'token',
  'of three empty parts': () => '..',
  'of two parts': async (w) => (await guest()(w)).split('.').slice(0, 2).join('.'),
  'with no algorithm': unsigned({ alg: 'none' }),
  'of a guest with no algorithm': () => `${encode({ alg: 'none' })}.${encode(guestClaims())}.`,
  'of a guest by another key': (w) => guest()({ ...w, guestKey: 'x'.repeat(64) }),
  'of a guest by an almost right key': (w) => guest()({ ...w, guestKey: `${w.guestKey}x` }),
  'of a guest by the provider’s key': (w) =>
    new SignJWT(guestClaims()).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(w.provider.privateKey),
  'of the provider by the guests’ key': (w) =>
    new SignJWT(theirClaims(w)).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(bytes(w.guestKey)),
  'of the provider by its public key as a secret': async (w) =>
    new SignJWT(theirClaims(w))
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(bytes(await exportSPKI(w.provider.publicKey))),
  'by a stranger': strangers({}),
  'by a stranger, who brings the key': strangers({ jwk: { kty: 'RSA', e: 'AQAB', n: 'AQAB' } }),
  'by a stranger, who says where the key is': strangers({ jku: 'https://evil.example/jwks.json' }),
  'by a key whose name is a path': strangers({ kid: '../../../dev/null' }),
  'of another issuer': theirs({ iss: 'https://evil.example' }),
  'for another audience': theirs({ aud: 'someone-else' }),
  'that has expired': theirs({ exp: soon() - 7200 }),
  'of a guest’s subject': theirs({ sub: 'guest:ann' }),
  'of other claims than were signed': async (w) => {
    const [header, , signature] = (await guest()(w)).split('.');
    return `${header}.${encode({ ...guestClaims(), sub: 'guest:ann' })}.${signature}`;
  },
  'of a guest who is none': guest({ sub: 'admin' }),
  'of a guest that has expired': guest({ exp: soon() - 7200 }),
};
