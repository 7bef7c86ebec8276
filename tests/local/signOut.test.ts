import { sharedStack } from './sharedStack';
import { handshake, open, within } from './support';

jest.setTimeout(60_000);

const stack = sharedStack();

const signIn = async (name: string, token?: string) => {
  const body = JSON.stringify({ name, token });
  const answer = await fetch(`${stack.url}/api/token`, { method: 'POST', body });
  return { status: answer.status, ...((await answer.json()) as { token: string; user: { id: string } }) };
};

const signOut = (token: string, url = stack.url) =>
  fetch(`${url}/api/token`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });

const enter = async (token: string) => {
  const client = await open(stack.socketUrl, ['chat.v1', `bearer.${token}`], { origin: stack.url });
  client.send({ action: 'joinRoom', room: 'lobby' });
  await client.nextOf('joined');
  return client;
};

it('a guest who signs out leaves a token that nothing takes, closed sockets, and others as they are', async () => {
  const [ann, bob] = [await signIn('Ann'), await signIn('Bob')];
  const renewed = await signIn('Ann', ann.token);
  const watching = await enter(bob.token);
  const [first, second] = [await enter(ann.token), await enter(renewed.token)];
  expect(renewed.user.id).toBe(ann.user.id);

  expect((await signOut(renewed.token)).status).toBe(204);

  await within('the end of the sockets', Promise.all([first.closed, second.closed]), 20_000);
  expect(await watching.nextOf('memberLeft')).toMatchObject({ member: { id: ann.user.id } });
  for (const { token } of [ann, renewed]) {
    expect(await signIn('Ann', token)).toMatchObject({ status: 403, error: { code: 'forbidden' } });
    const again = await handshake(stack.socketUrl, ['chat.v1', `bearer.${token}`], { origin: stack.url });
    expect(again).toMatchObject({ open: false, status: 403 });
    const posted = await fetch(`${stack.url}/api/rooms/lobby/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ id: 'message-1', text: 'stolen' }),
    });
    expect(posted.status).toBe(403);
  }
  expect((await signIn('Bob', bob.token)).user.id).toBe(bob.user.id);
  expect((await signOut(renewed.token)).status).toBe(204);
});

it.each([
  ['a token that is none', 401, () => signOut('e.y.z')],
  ['no token', 401, () => fetch(`${stack.url}/api/token`, { method: 'DELETE' })],
  ['a way past the edge', 403, async () => signOut((await signIn('Ann')).token, stack.apiDirectUrl)],
])('a sign-out with %s is answered %d', async (_what, status, ask) => {
  expect((await ask()).status).toBe(status);
});

it('a banned guest gets the same token back, and the handshake tells of the ban', async () => {
  const { token, user } = await signIn('Ann');
  const order = { order: 'ban', user: user.id, forMs: 60_000, isNew: true };
  await stack.invoke(stack.ref('OperatorBanLambdaFunction'), order);

  expect(await signIn('Anna', token)).toMatchObject({ status: 200, token, user });
  const subprotocols = ['chat.v1', 'chat.v1.refused', `bearer.${token}`];
  const refused = await open(stack.socketUrl, subprotocols, { origin: stack.url });
  refused.send({ action: 'ping', rooms: {} });

  expect(await refused.nextOf('error')).toMatchObject({ code: 'banned', until: expect.any(Number) });
  refused.socket.close();
});
