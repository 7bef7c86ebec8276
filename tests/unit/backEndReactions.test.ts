import { answerAsOperator, answerAsUser, type BackEndReply } from '../../lib/actions/backEndRequests';
import { removeUserFromRoom } from '../../lib/moderation/removeUser';
import { Unavailable } from '../../lib/ports/unavailable';
import type { BackEndRequest, User } from '../../lib/protocol';
import { ann, connect, createHarness, fill, finish, type Harness, HOUR, NOW, range } from './harness';

const bot: User = { id: 'bot|checks', name: 'Checks' };
const CHECK = { action: 'react', room: 'den', of: 1, name: '✅', on: true, v: 5 } as const;
const LIST = { action: 'getReactions', room: 'den', of: 1 } as const;
const RIGHTS = { mayWrite: true, mayModerate: false };

/** A room with one message of Ann's, who listens. */
async function room(settings = {}): Promise<Harness> {
  const harness = createHarness(settings);
  await connect(harness, 'ann-1', ann, ['den']);
  fill(harness, 'den', [{ seq: 1, id: 'message-1', text: 'words', from: ann }]);
  return harness;
}

const ask = (harness: Harness, request: BackEndRequest): Promise<BackEndReply> =>
  finish(harness, answerAsUser(harness, bot, request, RIGHTS));

const tellsNothing = (harness: Harness) => {
  const reads = [
    jest.spyOn(harness.reactions, 'readTarget'),
    jest.spyOn(harness.reactions, 'readSets'),
    jest.spyOn(harness.log, 'readForward'),
    jest.spyOn(harness.log, 'readBackward'),
  ];
  return () => {
    for (const read of reads) expect(read).not.toHaveBeenCalled();
  };
};

it('a back end reacts without a socket, and everybody in the room hears of it', async () => {
  const harness = await room();

  expect(await ask(harness, CHECK)).toEqual({
    ...{ type: 'ok', action: 'react', room: 'den', of: 1, name: '✅', k: 1 },
  });

  expect(harness.posts).toMatchObject([
    { to: 'ann-1', frame: { type: 'reacted', of: 1, counts: { '✅': 1 }, users: { '✅': [bot] } } },
  ]);
  expect(await ask(harness, LIST)).toEqual({
    ...{ type: 'reactions', room: 'den', of: 1, k: 1, mine: ['✅'] },
    ...{ counts: { '✅': 1 }, users: { '✅': [bot] } },
  });
});

it('a repeat changes nothing, and an older version does not come back', async () => {
  const harness = await room();
  const lost = { ...harness.reactions, claim: () => Promise.reject(new Unavailable('The reply was lost.')) };
  expect(await ask({ ...harness, reactions: lost }, CHECK)).toMatchObject({
    code: 'unavailable',
    room: 'den',
  });

  for (let i = 0; i < 3; i++) expect(await ask(harness, CHECK)).toMatchObject({ type: 'ok' });
  expect(await ask(harness, LIST)).toMatchObject({ counts: { '✅': 1 } });
  await ask(harness, { ...CHECK, on: false, v: 7 });

  expect(await ask(harness, { ...CHECK, v: 6 })).toMatchObject({ type: 'ok', v: 7 });
  await harness.clock.runUntil(NOW + 60_000);
  expect(await ask(harness, LIST)).toMatchObject({ counts: {}, mine: [] });
});

it.each([CHECK, LIST])('a banned user gets nothing: $action', async (request) => {
  const harness = await room();
  await finish(harness, removeUserFromRoom(harness, 'den', { user: bot.id, until: NOW + HOUR }));
  const check = tellsNothing(harness);

  expect(await ask(harness, request)).toMatchObject({ code: 'forbidden', action: request.action });

  check();
});

it('a list is not given to a user who is removed while it is read', async () => {
  const harness = await room();
  await ask(harness, CHECK);
  const removes = {
    ...harness.reactions,
    async readSets(...asked: Parameters<Harness['reactions']['readSets']>) {
      await removeUserFromRoom(harness, 'den', { user: bot.id, until: NOW + HOUR });
      return harness.reactions.readSets(...asked);
    },
  };

  expect(await ask({ ...harness, reactions: removes }, LIST)).toMatchObject({ code: 'forbidden' });
});

it.each([
  [{ ...CHECK, of: 7 }, 40],
  [{ ...LIST, of: 7 }, 10],
])('a user pays for %j before anything is read, and an operator does not', async (request, times) => {
  const harness = await room({ userSendsPerSecond: 10 });
  for (const _ of range(1, times))
    expect(await answerAsUser(harness, bot, request, RIGHTS)).toMatchObject({ code: 'gone' });
  const check = tellsNothing(harness);

  expect(await answerAsUser(harness, bot, request, RIGHTS)).toMatchObject({
    ...{ code: 'rateLimited', retryAfterMs: expect.any(Number) },
  });

  check();
  expect(await answerAsOperator(harness, bot, request)).toMatchObject({ code: 'gone' });
});

it.each([CHECK, LIST])('$action to what was never there is answered gone', async (request) => {
  expect(await ask(await room(), { ...request, of: 7 })).toMatchObject({ code: 'gone' });
});
