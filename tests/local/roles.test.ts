import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type Stack, startStack } from '../../local/stack';
import { recordAt } from '../../local/template/template';
import { type Listening, listen } from '../../local/util/listen';
import { enter, guestToken } from './guests';
import type { Client } from './support';

jest.setTimeout(120_000);

const issuer = 'https://issuer.example.com';
const audience = 'the-chat';

let stack: Stack;
let provider: Listening;
let sign: (claims: Record<string, unknown>) => Promise<string>;

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] };
  provider = await listen(createServer((_request, response) => response.end(JSON.stringify(jwks))));
  const jwksUrl = `http://127.0.0.1:${provider.port}/`;
  sign = (claims) =>
    new SignJWT({ iss: issuer, aud: audience, exp: Math.floor(Date.now() / 1000) + 3600, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(privateKey);
  stack = await startStack({
    template(template) {
      for (const name of ['AuthorizeLambdaFunction', 'PublishHttpLambdaFunction']) {
        const { Properties = {} } = template.Resources[name] ?? {};
        const variables = recordAt(recordAt(Properties, 'Environment'), 'Variables');
        Object.assign(variables, { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: jwksUrl });
        Object.assign(variables, { OIDC_ROLE_CLAIM: 'custom:role' });
      }
      return template;
    },
  });
});
afterAll(async () => {
  await stack?.stop();
  await provider?.stop();
});

const tokenOf = (id: string, role?: unknown) => sign({ sub: id, name: id, 'custom:role': role });

async function inRoom(room: string, token: string): Promise<Client> {
  const client = await enter(stack, token);
  client.send({ action: 'joinRoom', room });
  await client.nextOf('joined');
  return client;
}

const send = (room: string, id: string, after: number, more: object = {}) => ({
  ...{ action: 'sendMessage', room, id, text: 'Hello', after },
  ...more,
});

it('gives each message the role of the token it was sent with, and a repeat that of the first attempt', async () => {
  const reader = await inRoom('den', await guestToken(stack, 'Bob'));
  const before = await inRoom('den', await tokenOf('ann', 'member'));
  const member = { id: 'ann', name: 'ann', role: 'member' };

  before.send(send('den', 'message-1', 0));
  expect(await before.nextOf('ack')).toMatchObject({ seq: 1, entry: { from: member } });
  expect(await reader.nextOf('message')).toMatchObject({ seq: 1, from: member });

  const after = await inRoom('den', await tokenOf('ann', 'moderator'));
  const moderator = { ...member, role: 'moderator' };
  after.send(send('den', 'message-1', 0));
  expect(await after.nextOf('ack')).toMatchObject({ seq: 1, duplicate: true, entry: { from: member } });
  expect(await reader.nextOf('message')).toMatchObject({ seq: 1, from: member });
  after.send(send('den', 'message-2', 1));
  expect(await reader.nextOf('message')).toMatchObject({ seq: 2, from: moderator });
  after.send({ action: 'editMessage', room: 'den', of: 1, id: 'edit-0001', text: 'Hi', after: 2 });
  expect(await reader.nextOf('edited')).toMatchObject({ of: 1, from: moderator });

  reader.send({ action: 'getHistory', room: 'den' });
  expect(await reader.nextOf('history')).toMatchObject({
    messages: [
      { seq: 1, text: 'Hi', from: member },
      { seq: 2, from: moderator },
      { seq: 3, from: moderator },
    ],
  });
});

it.each([
  ['a role', { role: 'moderator' }],
  ['an author', { from: { id: 'mallory', name: 'mallory', role: 'moderator' } }],
])('refuses a frame that brings %s, and a claim without a right name gives none', async (what, forged) => {
  const room = what.replace(' ', '-');
  const mallory = await inRoom(room, await sign({ sub: 'mallory', name: 'mallory', role: 'moderator' }));

  mallory.send(send(room, 'message-1', 0, forged));
  expect(await mallory.nextOf('error')).toMatchObject({ code: 'badField' });
  mallory.send(send(room, 'message-1', 0));
  await mallory.nextOf('ack');
  mallory.send({ action: 'getHistory', room });
  const { messages } = await mallory.nextOf('history');
  expect(messages).toMatchObject([{ from: { id: 'mallory', name: 'mallory' } }]);
  expect(JSON.stringify(messages)).not.toContain('role');
});

it.each([[['moderator']], ['mod\u202e'], ['x'.repeat(33)], [7]])(
  'lets a user in without a role where the claim is %j',
  async (claim) => {
    const client = await enter(stack, await tokenOf('cleo', claim));

    client.send({ action: 'joinRoom', room: 'hall' });
    const { members } = await client.nextOf('joined');

    expect(members).toContainEqual({ id: 'cleo', name: 'cleo' });
  },
);

it('comes by HTTP from the token and by IAM from the operator, is exported, and goes with an erasure', async () => {
  const reader = await inRoom('shop', await guestToken(stack, 'Bob'));
  const posted = await fetch(`${stack.url}/api/rooms/shop/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await tokenOf('shop', 'Löwe')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ id: 'message-1', text: 'Hello' }),
  });
  expect(posted.status).toBe(201);
  const publish = (role: unknown) =>
    stack.invoke('edge-chat-dev-operatorPublish', {
      ...{ room: 'shop', id: 'message-2', text: 'damn' },
      from: { id: 'bot:orders', name: 'Orders', role },
    });
  expect(await publish('bot\u200b')).toMatchObject({ value: { code: 'badField' } });
  expect(await publish('bot')).toMatchObject({ value: { seq: 2 } });
  const shop = { id: 'shop', name: 'shop', role: 'Löwe' };
  const bot = { id: 'bot:orders', name: 'Orders', role: 'bot' };
  expect(await reader.nextOf('message')).toMatchObject({ from: shop });
  expect(await reader.nextOf('message')).toMatchObject({ from: bot });

  const exported = () => stack.invoke('edge-chat-dev-operatorExport', { room: 'shop' });
  expect(await exported()).toMatchObject({ value: { messages: [{ from: shop }, { from: bot }] } });
  await stack.invoke(stack.ref('OperatorEraseLambdaFunction'), { user: 'shop' });

  expect(await exported()).toMatchObject({
    value: { messages: [{ type: 'erased', seq: 1 }, { from: bot }] },
  });
  expect(JSON.stringify(await exported())).not.toContain('Löwe');
});
