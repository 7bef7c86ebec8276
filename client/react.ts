'use client';

/** React hooks over the client, for React 18 or later. */

import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { Chat, ChatState, Room, RoomSnapshot, Unsubscribe } from './common/types';
import { createPresence, type Presence, type PresenceSnapshot } from './presence';

/** A connection as a component sees it. */
export interface ChatView {
  readonly state: ChatState;
  readonly user: Chat['user'];
}

/** A room as a component sees it: all there is to show, and what can be done. */
export interface RoomView extends RoomSnapshot {
  readonly room: Room;
}

/** The members of a room, the typing users, and a function that reports this user's typing. */
export interface PresenceView extends PresenceSnapshot {
  /** Tells the room that this user is typing. Call it on every key. */
  readonly sendTyping: () => void;
}

/**
 * Keeps a chat connected while a component with one of these hooks is mounted. Create the chat outside of rendering, or
 * in `useState`.
 */
export function useChat(chat: Chat): ChatView {
  useEffect(() => hold(chat, startChat), [chat]);
  const state = useSyncExternalStore(
    useCallback((changed) => chat.on('state', changed), [chat]),
    () => chat.state,
    () => chat.state,
  );
  const user = useSyncExternalStore(
    useCallback((changed) => chat.on('user', changed), [chat]),
    () => chat.user,
    () => chat.user,
  );
  return useMemo(() => ({ state, user }), [state, user]);
}

/** Enters a room and stays while any component with this hook is mounted. @throws ChatError for a bad name. */
export function useRoom(chat: Chat, name: string): RoomView {
  const { room } = partsOf(chat, name);
  useEffect(() => stayIn(chat, room), [chat, room]);
  const snapshot = useSyncExternalStore(
    useCallback((changed) => room.on('change', changed), [room]),
    () => room.snapshot,
    () => room.snapshot,
  );
  return useMemo(() => ({ ...snapshot, room }), [snapshot, room]);
}

/** Enters several rooms and gives their snapshots in the same order: for a list with unread counts, say. */
export function useRooms(chat: Chat, names: readonly string[]): readonly RoomSnapshot[] {
  // Compares the names, because callers may create a new array for each render.
  const key = names.join(' ');
  const rooms = useMemo(
    () => (key === '' ? [] : key.split(' ').map((name) => partsOf(chat, name).room)),
    [chat, key],
  );
  useEffect(() => {
    const stops = rooms.map((room) => stayIn(chat, room));
    return () => stopAll(stops);
  }, [chat, rooms]);

  const snapshots = useSame(() => rooms.map((room) => room.snapshot));
  return useSyncExternalStore(
    useCallback(
      (changed) => {
        const stops = rooms.map((room) => room.on('change', changed));
        return () => stopAll(stops);
      },
      [rooms],
    ),
    snapshots,
    snapshots,
  );
}

/** Follows the members of a room, which it joins as {@link useRoom} does. Renders again only when that changes. */
export function usePresence(chat: Chat, name: string): PresenceView {
  const { room, presence } = partsOf(chat, name);
  useEffect(() => stayIn(chat, room), [chat, room]);
  const snapshot = useSyncExternalStore(
    presence.onChange,
    () => presence.snapshot,
    () => presence.snapshot,
  );
  return useMemo(() => ({ ...snapshot, sendTyping: presence.sendTyping }), [snapshot, presence]);
}

const presences = new WeakMap<Room, Presence>();

/** A room and its members. The hook follows the members before any hook joins the room. */
function partsOf(chat: Chat, name: string): { room: Room; presence: Presence } {
  const room = chat.room(name);
  const presence = presences.get(room) ?? createPresence(chat, name);
  presences.set(room, presence);
  return { room, presence };
}

/** Rooms need the connection: effects of children run first, so the first effect starts it. */
function stayIn(chat: Chat, room: Room): Unsubscribe {
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

/** Gives the previous array if its items are the same: React renders again for another array. */
function useSame<T>(read: () => readonly T[]): () => readonly T[] {
  const last = useRef<readonly T[]>([]);
  return () => {
    const now = read();
    if (!hasSame(now, last.current)) last.current = now;
    return last.current;
  };
}

function startChat(chat: Chat): Unsubscribe {
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
function hold<T extends object>(thing: T, start: (thing: T) => Unsubscribe): Unsubscribe {
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

function stopAll(stops: readonly Unsubscribe[]): void {
  for (const stop of stops) stop();
}

function hasSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
