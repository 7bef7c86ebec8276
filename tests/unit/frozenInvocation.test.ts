import { answerAsUser } from '../../lib/actions/backEndRequests';
import { removeUserFromRoom } from '../../lib/moderation/removeUser';
import { handlerOf } from '../support/handlerOf';
import { ann, bob, connect, createHarness, entry, fill, finish, type Harness, HOUR, NOW } from './harness';

const REQUESTS = {
  edit: { action: 'editMessage', room: 'den', of: 1, id: 'edit-0001', text: 'too late', after: 1 },
  deletion: { action: 'deleteMessage', room: 'den', of: 1, id: 'deletion-1', after: 1 },
  reaction: { action: 'react', room: 'den', of: 1, name: '👏', on: true, v: 1 },
} as const;
type Change = keyof typeof REQUESTS;

const WAYS = {
  'a socket': async (harness: Harness, frozen: Harness, change: Change) => {
    const author = await connect(harness, 'bob-1', bob, ['den']);
    const request = REQUESTS[change];
    return handlerOf(request.action)(frozen, author, JSON.stringify(request));
  },
  HTTP: async (_harness: Harness, frozen: Harness, change: Change) =>
    answerAsUser(frozen, bob, REQUESTS[change], { mayWrite: true, mayModerate: false }),
};

/** The last call that writes nothing that others see: all the checks but the last look are behind the invocation. */
const FREEZES: Record<Change, (harness: Harness, kick: () => Promise<void>) => Partial<Harness>> = {
  edit: freezeAtPut,
  deletion: freezeAtPut,
  reaction: ({ reactions }, kick) => ({
    reactions: {
      ...reactions,
      async addName(...asked) {
        await kick();
        return reactions.addName(...asked);
      },
    },
  }),
};

function freezeAtPut({ log }: Harness, kick: () => Promise<void>): Partial<Harness> {
  return {
    log: {
      ...log,
      async put(...asked) {
        if (asked[1].type !== 'system') await kick();
        return log.put(...asked);
      },
    },
  };
}

it.each(
  Object.keys(WAYS).flatMap((way) =>
    Object.keys(REQUESTS).map((change) => [change, way] as [Change, keyof typeof WAYS]),
  ),
)('of a user removed while its invocation is frozen, no %s over %s is written', async (change, way) => {
  const harness = createHarness();
  await connect(harness, 'ann-1', ann, ['den']);
  fill(harness, 'den', [{ seq: 1, from: bob }]);
  let kicked: Promise<void> | undefined;
  const kick = () => {
    kicked ??= removeUserFromRoom(harness, 'den', { user: bob.id, until: NOW + HOUR });
    return kicked;
  };

  const reply = await finish<unknown>(
    harness,
    WAYS[way](harness, { ...harness, ...FREEZES[change](harness, kick) }, change),
  );

  expect(reply).toMatchObject({ type: 'error', code: expect.stringMatching(/notMember|forbidden/) });
  expect(kicked).toBeDefined();
  expect(harness.rows.get('den')?.map((row) => row?.entry.type)).toEqual([undefined, 'message', 'system']);
  expect(harness.rows.get('den')?.[1]?.entry).toMatchObject(entry(1, { from: bob }));
  expect(harness.reacted.get('den#1')?.sets.size ?? 0).toBe(0);
});
