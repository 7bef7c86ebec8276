import { answerAsOperator, answerAsUser } from '../../lib/actions/backEndRequests';
import { getHistory } from '../../lib/actions/getHistory';
import { joinRoom } from '../../lib/actions/joinRoom';
import { handleRoomAction } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { readExportPage } from '../../lib/operator/exportCommand';
import { handlerOf } from '../support/handlerOf';
import { ann, bob, connect, createHarness, fill, finish, type Harness, NOW } from './harness';

const NAME = 'canary';
const LIST = { action: 'getReactions', room: 'den', of: 1 } as const;

/** A message of Ann's is deleted when one reaction to it is in an entry, and another waits for the next one. */
async function deleted() {
  const harness = createHarness();
  const author = await connect(harness, 'ann-1', ann, ['den']);
  const reader = await connect(harness, 'bob-1', bob, ['den']);
  fill(harness, 'den', [{ seq: 1, id: 'message-1', text: 'words', from: ann }]);
  const send = (who: Requester, frame: { action: string; [field: string]: unknown }) =>
    handlerOf(frame.action)(harness, who, JSON.stringify(frame));
  const react = { action: 'react', room: 'den', of: 1, name: NAME, on: true };

  await finish(harness, send(reader, { ...react, v: 1 }));
  const waits = send(reader, { ...react, name: `${NAME} 2`, v: 2 });
  await new Promise(setImmediate);
  const deletion = { action: 'deleteMessage', room: 'den', of: 1, id: 'deletion-1', after: 1 };
  expect(await finish(harness, send(author, deletion))).toMatchObject({ type: 'ack' });
  const told = harness.posts.length;
  await finish(harness, waits);
  return { harness, reader, told };
}

type Read = (harness: Harness, reader: Requester, told: number) => unknown;

const history =
  (place: { around?: number; at?: number; after?: number }): Read =>
  (harness, reader) =>
    getHistory(harness, reader, { action: 'getHistory', room: 'den', ...place });

const rights = { mayWrite: true, mayModerate: false };

it.each<[string, Read]>([
  ['the newest page', history({})],
  ['a page upwards', history({ after: 0 })],
  ['a page around it', history({ around: 1 })],
  ['a page from its time on', history({ at: NOW })],
  ['a join', (harness, reader) => joinRoom(harness, reader, { action: 'joinRoom', room: 'den', after: 0 })],
  ['the list', (harness, reader) => handleRoomAction(harness, reader, JSON.stringify(LIST))],
  ['the list over HTTP', (harness) => answerAsUser(harness, bob, LIST, rights)],
  ['the list by IAM', (harness) => answerAsOperator(harness, bob, LIST)],
  ['an export', (harness) => readExportPage(harness, 'den')],
  ['what is posted from then on', async ({ posts }, _reader, told) => posts.slice(told)],
])('no reaction to a deleted message is in %s', async (_what, read) => {
  const { harness, reader, told } = await deleted();
  expect(harness.reacted.get('den#1')?.sets.get(bob.id)?.names.size).toBe(2);

  const served = JSON.stringify(await finish(harness, Promise.resolve(read(harness, reader, told))));

  expect(served).toMatch(/gone|tombstone|reacted/);
  expect(served).not.toContain(NAME);
});
