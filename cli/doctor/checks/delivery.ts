import { type Check, passed } from '../harness/check';
import { expect } from '../harness/checkFailure';
import { join, ping, send } from '../harness/conversation';
import { times } from '../harness/percentile';

export const roundTrip: Check = {
  name: 'roundTrip',
  title: 'A message is acknowledged',
  means: 'It is in the log for good. The time is what a sender waits: network, edge, function and database.',
  remedy:
    'Look at the log of the function `sendMessage`, and at the table Messages. If sends are slow, look at p50, because first calls start functions cold, and give the function more memory.',
  needs: ['room'],
  async run(deployment) {
    const ann = await deployment.connect('Ann');
    const room = deployment.testRoom();
    let { head } = await join(ann, room);
    const waits: number[] = [];
    for (let sent = 0; sent < deployment.samples; sent++) {
      const began = performance.now();
      const { seq, duplicate } = await send(ann, { room, after: head });
      waits.push(performance.now() - began);
      // In a given room other users may write between two sends.
      const isNext = deployment.room === undefined ? seq === head + 1 : seq > head;
      expect(isNext && !duplicate, `The message after seq ${head} was acknowledged as seq ${seq}.`);
      head = seq;
    }
    const { words, figures } = times(waits);
    return passed(`${words} messages.`, figures);
  },
};

export const fanOut: Check = {
  name: 'fanOut',
  title: 'A message reaches the other connection',
  means: 'Posts arrive by themselves. The time is what others wait, from the send to their screen.',
  remedy:
    'A single post can get lost, and clients recover from it: try again. If many are lost, `sendMessage` cannot post: look at its log, its right to execute-api:ManageConnections, and at MANAGEMENT_ENDPOINT, which must be the API’s own name.',
  needs: ['roundTrip'],
  async run(deployment) {
    const [ann, bo] = [await deployment.connect('Ann'), await deployment.connect('Bo')];
    const room = deployment.testRoom();
    let { head } = await join(ann, room);
    await join(bo, room);
    const sentAt = new Map<string, number>();
    for (let sent = 0; sent < deployment.samples; sent++) {
      const began = performance.now();
      const { id, seq } = await send(ann, { room, after: head });
      sentAt.set(id, began);
      head = seq;
    }
    const arrivals = (): Map<string, number> =>
      new Map(
        bo.received.flatMap(({ message, at }) => {
          const began = message.type === 'message' ? sentAt.get(message.id) : undefined;
          return message.type === 'message' && began !== undefined ? [[message.id, at - began]] : [];
        }),
      );
    const isComplete = () => (arrivals().size === sentAt.size ? true : undefined);
    await bo.until('message', isComplete).catch(async (error: unknown) => {
      const missing = sentAt.size - arrivals().size;
      // A ping tells a lost post from a lost connection.
      await ping(bo, {});
      expect(missing === 0, `${missing} of ${sentAt.size} messages did not arrive by themselves.`);
      throw error;
    });
    const { words, figures } = times([...arrivals().values()]);
    return passed(`${words} messages.`, figures);
  },
};
