import { createPresence } from '../../client/presence';
import type { Concern } from './concern';

/** The server counts no more members. */
const MAX_COUNTED = 500;
const SEQ = /"seq":(\d+)/;

/** A crowd listens in the first room: every entry comes to each of its members, and the room is told as large. */
export const crowds: Concern = ({ scenario, clock, dice, checker, stores, gateway, fleet }) => {
  const [room = ''] = scenario.rooms;
  if (scenario.crowd === 0) return undefined;
  const heard = new Map<string, number[]>();
  const expiresAt = clock.now() + scenario.tokenLivesMs;

  for (let i = 0; i < scenario.crowd; i++) {
    const id = `listener-${String(i).padStart(5, '0')}`;
    const user = { id, name: `Listener ${i}` };
    const seqs: number[] = [];
    heard.set(id, seqs);
    void stores.connections.open({ id, user, expiresAt }, expiresAt);
    void stores.members.add({ room, id, expiresAt });
    gateway.seat({ id, user, expiresAt, permissions: '*:r' }, (frame) => {
      dice.count('post to a large room');
      seqs.push(Number(SEQ.exec(frame)?.[1]));
    });
  }
  const presences = fleet.clients.map(({ chat }) => createPresence(chat, room, { clock }));

  return () => {
    const head = checker.head(room);
    for (const [id, seqs] of heard) {
      if (!seqs.includes(head)) checker.report('late', `${id} did not get ${room}/${head}, the last of all`);
      const isWhole = seqs.length === head && new Set(seqs).size === head;
      if (scenario.promptMs !== undefined && !isWhole)
        checker.report('late', `${id} got ${seqs.length} frames of ${head} in ${room}`);
    }
    for (const { snapshot, stop } of presences) {
      if (snapshot.memberCount !== MAX_COUNTED || snapshot.members.length > 0)
        checker.report('wrongPresence', `${snapshot.memberCount} members of ${room} are told`);
      stop();
    }
  };
};
