import type { Concern } from './concern';
import type { Client } from './fleet';
import { between, pick } from './random';

/** A chat that was closed is connected again after this, in milliseconds. */
const SIGNED_OUT_MS = { from: 0, to: 5_000 };
const LAST_SENDS = 4;

/** Another user signs in on a page: with the next token, or after a sign-out. Nothing of the first user's is used. */
export const signIns: Concern = ({ scenario, clock, random, dice, checker, fleet, grants }) => {
  if (scenario.signIns === 0) return undefined;
  let made = 0;

  const signIn = (client: Client): void => {
    const id = `second-${made++}`;
    fleet.signIn(client, { id, name: 'Second' });
    if (random() < 0.5) grants.set(id, `*:rw ${pick(random, scenario.rooms)}:r`);
  };

  const signOut = (client: Client): void => {
    client.chat.close();
    clock.after(between(random, SIGNED_OUT_MS.from, SIGNED_OUT_MS.to), () => {
      signIn(client);
      client.chat.connect();
      const stop = client.chat.on('state', ({ kind }) => {
        if (kind !== 'connected') return;
        stop();
        const { user } = client.chat;
        if (user?.id !== client.user.id)
          checker.report(
            'wrongAuthor',
            `${client.name} is ${user?.id} after ${client.user.id} has signed in`,
          );
      });
      for (const room of client.asked) fleet.reenter(client, room);
    });
  };

  for (let i = 0; i < scenario.signIns; i++)
    clock.after(between(random, 5_000, scenario.lastsMs), () => {
      const client = pick(random, fleet.clients);
      if (client.chat.state.kind === 'disconnected') return;
      for (const room of client.asked)
        for (let n = 0; n < LAST_SENDS; n++) fleet.say(client, room, `words ${checker.sends}`);
      const isSignOut = random() < 0.5;
      dice.count(isSignOut ? 'sign-out, and another user' : 'another user with the next token');
      clock.after(between(random, 0, 500), () => (isSignOut ? signOut(client) : signIn(client)));
    });

  return () => {
    for (const { name, user, chat, asked } of fleet.clients)
      for (const room of asked) {
        const { state, can } = chat.room(room).snapshot;
        const mayWrite = !grants.get(user.id)?.endsWith(` ${room}:r`);
        if (state === 'joined' && can.includes('send') !== mayWrite)
          checker.report('notAllowed', `${name}, now ${user.id}, has "${can}" in ${room}`);
      }
  };
};
