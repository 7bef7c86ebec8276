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
  'of five parts': () => 'e30.e30.e30.e30.e30',
  'of no base64': () => '!!!.!!!.!!!',
  'of JSON that is none': () =>
    `${Buffer.from('{').toString('base64url')}.${Buffer.from('{').toString('base64url')}.x`,
  'of a header that is null': () => `${Buffer.from('null').toString('base64url')}.e30.x`,
  'with no algorithm': unsigned({ alg: 'none' }),
  'with no algorithm, spelled otherwise': unsigned({ alg: 'nOnE', kid: 'one' }),
  'with none named': unsigned({ kid: 'one' }),
  'of a guest with no algorithm': () => `${encode({ alg: 'none' })}.${encode(guestClaims())}.`,
  'of a guest without a signature': async (w) => (await guest()(w)).replace(/[^.]+$/, ''),
  'of a guest by another key': (w) => guest()({ ...w, guestKey: 'x'.repeat(64) }),
  'of a guest by an almost right key': (w) => guest()({ ...w, guestKey: `${w.guestKey}x` }),
  'of a guest by HS512': guest({}, { alg: 'HS512' }),
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
  'by a stranger, who brings a certificate': strangers({ x5c: ['MIIB'], x5u: 'https://evil.example/' }),
  'by a stranger under a new name': strangers({ kid: 'two' }),
  'by a key whose name is a path': strangers({ kid: '../../../dev/null' }),
  'by a key whose name is a query': strangers({ kid: "' UNION SELECT 'x" }),
  'of another issuer': theirs({ iss: 'https://evil.example' }),
  'of our issuer with a slash': (w) => theirs({ iss: `${w.issuer}/` })(w),
  'of a list of issuers': (w) => theirs({ iss: [w.issuer] })(w),
  'for another audience': theirs({ aud: 'someone-else' }),
  'for nobody': theirs({ aud: undefined }),
  'of a logout': theirs({}, { typ: 'logout+jwt' }),
  'issued to another client': theirs({ azp: 'another' }),
  'of a numbered subject': theirs({ sub: 7 }),
  'that has expired': theirs({ exp: soon() - 7200 }),
  'that never expires': theirs({ exp: undefined }),
  'that expires at no number': theirs({ exp: 'tomorrow' }),
  'that is not valid yet': theirs({ nbf: soon() }),
  'of no subject': theirs({ sub: undefined }),
  'of a guest’s subject': theirs({ sub: 'guest:ann' }),
  'of a subject with a line break': theirs({ sub: 'ann\nroot' }),
  'of a subject of 129 characters': theirs({ sub: 's'.repeat(129) }),
  'of an unknown extension that must be understood': async (w) => {
    const [, claims, signature] = (await theirs()(w)).split('.');
    return `${encode({ alg: 'RS256', kid: 'one', crit: ['admin'], admin: true })}.${claims}.${signature}`;
  },
  'of other claims than were signed': async (w) => {
    const [header, , signature] = (await guest()(w)).split('.');
    return `${header}.${encode({ ...guestClaims(), sub: 'guest:ann' })}.${signature}`;
  },
  'of a guest who is none': guest({ sub: 'admin' }),
  'of a guest with no name': guest({ name: undefined }),
  'of a guest with a name of two lines': guest({ name: 'Ann\nsystem' }),
  'of a guest that has expired': guest({ exp: soon() - 7200 }),
};
