import type { Chat } from '../common/chatTypes';
import type { Room, Unsubscribe } from '../common/roomTypes';

/** Stays in a room. It needs the connection: effects of children run first, so the first effect starts it. */
export function stayIn(chat: Chat, room: Room): Unsubscribe {
  const disconnect = hold(chat, startChat);
  const leave = hold(room, enter);
  let isClosed = chat.state.kind === 'disconnected';
  const stop = chat.on('state', ({ kind }) => {
    // A closed chat has left its rooms, and the app has connected it again.
    if (isClosed && kind !== 'disconnected') enter(room);
    isClosed = kind === 'disconnected';
  });
  return () => {
    stop();
    leave();
    disconnect();
  };
}

/** Connects a chat, and closes it at the end. */
export function startChat(chat: Chat): Unsubscribe {
  chat.connect();
  return () => chat.close();
}

function enter(room: Room): Unsubscribe {
  // A refusal is in the snapshot, where the component shows it.
  room.join().catch(() => {});
  return () => room.leave();
}

interface Hold {
  users: number;
  stop: Unsubscribe;
}

const holds = new WeakMap<object, Hold>();

/**
 * Starts a thing for its first user and stops it after its last. The stop waits a turn of the event loop. React
 * unmounts and remounts components (StrictMode, moves in the tree), which must not reach the server.
 */
export function hold<T extends object>(thing: T, start: (thing: T) => Unsubscribe): Unsubscribe {
  const held = holds.get(thing) ?? { users: 0, stop: start(thing) };
  holds.set(thing, held);
  held.users += 1;
  return () => {
    held.users -= 1;
    setTimeout(() => {
      if (held.users > 0 || holds.get(thing) !== held) return;
      holds.delete(thing);
      held.stop();
    }, 0);
  };
}
