import { handleSendMessage } from '../../lib/actions/routes';
import type { MessageEntry } from '../../lib/protocol';
import { ann, bob, connect, createHarness, finish, type Harness, HOUR, NOW } from './harness';

export const DAY = 24 * HOUR;

export type Answer = unknown | (() => Promise<unknown>);

/** Ann and Bob are in the den, and a reviewer gives these answers one by one, the last one from then on. */
export async function reviewedRoom(...answers: Answer[]) {
  const harness = createHarness();
  const asked: unknown[] = [];
  harness.review = {
    verdicts: harness.verdicts,
    held: harness.held,
    reviewer: {
      async ask(request) {
        asked.push(request);
        const answer = answers[Math.min(asked.length, answers.length) - 1];
        return typeof answer === 'function' ? answer() : answer;
      },
    },
  };
  const sender = await connect(harness, 'ann-1', ann, ['den'], NOW + 30 * DAY);
  await connect(harness, 'bob-1', bob, ['den']);
  const send = (given: object = {}, context: Harness = harness) => {
    const frame = { action: 'sendMessage', room: 'den', id: 'my-own-id', text: 'hello', after: 0, ...given };
    return finish(harness, handleSendMessage(context, sender, JSON.stringify(frame)));
  };
  const words = () =>
    (harness.rows.get('den') ?? [])
      .slice(1)
      .map((row) => row?.entry as MessageEntry)
      .map(({ text }) => text);
  return { harness, sender, send, asked, words };
}
