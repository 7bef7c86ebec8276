import { join, ping, send } from '../conversation';
import { times } from '../percentile';
import { type Check, expect, passed } from '../types';

export const roundTrip: Check = {
  name: 'roundTrip',
  title: 'A message is acknowledged',
  means: 'It is in the log for good. The time is what a sender waits: network, edge, function and database.',
  mend: 'Look at the log of the function `sendMessage`, and at the table Messages. Slow: first calls start functions cold, so look at p50, and give the function more memory.',
  needs: ['handshake'],
  async run(site) {
    const ann = await site.connect('Ann');
    const room = site.newRoom();
    await join(ann, room);
    const waits: number[] = [];
    for (let after = 0; after < site.samples; after++) {
      const began = performance.now();
      const { seq, duplicate } = await send(ann, { room, after });
      waits.push(performance.now() - began);
      expect(
        seq === after + 1 && !duplicate,
        `Message ${after + 1} of a new room was acknowledged as seq ${seq}.`,
      );
    }
    const { words, figures } = times(waits);
    return passed(`${words} messages.`, figures);
  },
};

export const fanOut: Check = {
  name: 'fanOut',
  title: 'A message reaches the other connection',
  means: 'Posts arrive by themselves. The time is what others wait, from the send to their screen.',
  mend: 'One lost post may be an accident, which clients make up for: try again. Many: `sendMessage` may not post; look at its log, its right to execute-api:ManageConnections, and at MANAGEMENT_ENDPOINT, which must be the API’s own name.',
  needs: ['roundTrip'],
  async run(site) {
    const [ann, bo] = [await site.connect('Ann'), await site.connect('Bo')];
    const room = site.newRoom();
    await join(ann, room);
    await join(bo, room);
    const sentAt = new Map<string, number>();
    for (let after = 0; after < site.samples; after++) {
      const began = performance.now();
      const { id } = await send(ann, { room, after });
      sentAt.set(id, began);
    }
    const arrivals = (): Map<string, number> =>
      new Map(
        bo.heard.flatMap(({ message, at }) => {
          const began = message.type === 'message' ? sentAt.get(message.id) : undefined;
          return message.type === 'message' && began !== undefined ? [[message.id, at - began]] : [];
        }),
      );
    const isComplete = () => (arrivals().size === sentAt.size ? true : undefined);
    await bo.until('message', isComplete).catch(async (error: unknown) => {
      const missing = sentAt.size - arrivals().size;
      // Tells a lost post from a lost connection.
      await ping(bo, {});
      expect(missing === 0, `${missing} of ${sentAt.size} messages did not arrive by themselves.`);
      throw error;
    });
    const { words, figures } = times([...arrivals().values()]);
    return passed(`${words} messages.`, figures);
  },
};
