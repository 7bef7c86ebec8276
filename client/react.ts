'use client';

/** React hooks over the client, without those whose feature a page may load later. */

import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { Content, Data, Signal } from '../lib/protocol';
import type { Chat, ChatState } from './common/chatTypes';
import type { Room, RoomSnapshot, Sent, Unsubscribe } from './common/roomTypes';
import { deleteMessage, editMessage } from './editing';
import { createFinder, type Finder, type FinderSnapshot } from './finding';
import { loadOlder } from './history';
import { createPresence, type Presence, type PresenceSnapshot } from './presence';
import { hold, startChat, stayIn } from './react/lifecycles';
import { createReactions, type Reactions } from './reactions';
import { onSignal, sendSignal } from './signals';

/** A connection as a component sees it. */
export interface ChatView {
  readonly state: ChatState;
  readonly user: Chat['user'];
}

/** A room as a component sees it: all there is to show, and what can be done. */
export interface RoomView extends RoomSnapshot {
  readonly room: Room;
  /** Adds a page of older messages; tells whether there are still older ones. */
  loadOlder(): Promise<boolean>;
  /** Edits an own message: its seq, or the id of a send that is not acknowledged. */
  editMessage(of: number | string, content: string | Content): Promise<Sent>;
  /** Deletes a message. It needs the right to moderate unless the message is this user's own. */
  deleteMessage(of: number | string): Promise<Sent>;
}

/** The members of a room, the typing users, and a function that reports this user's typing. */
export interface PresenceView extends PresenceSnapshot {
  /** Tells the room that this user is typing. Call it on every key. */
  readonly sendTyping: () => void;
}

/** The messages of a room from any place of its log, and the ways to go there. */
export interface FinderView
  extends FinderSnapshot,
    Pick<Finder, 'jump' | 'toLive' | 'loadOlder' | 'loadNewer'> {}

/** This user's unfinished reactions in a room, and the functions to react. */
export interface ReactionsView extends Pick<Reactions, 'add' | 'remove' | 'who' | 'dismiss'> {
  /** Own changes of this session by the seqs of the messages: `listReactions` of `edge-chat/reactions` takes them. */
  readonly toggles: Reactions['snapshot'];
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
  const actions = useMemo(
    () => ({
      loadOlder: () => loadOlder(room),
      editMessage: (of: number | string, content: string | Content) => editMessage(room, of, content),
      deleteMessage: (of: number | string) => deleteMessage(room, of),
    }),
    [room],
  );
  return useMemo(() => ({ ...snapshot, room, ...actions }), [snapshot, room, actions]);
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

/**
 * Shows a place of a room, which it joins as {@link useRoom} does. It shows the live end until `jump()`, and again
 * after the last component with this hook is gone.
 */
export function useFinder(chat: Chat, name: string): FinderView {
  const { room } = partsOf(chat, name);
  const finder = finders.get(room) ?? createFinder(room);
  finders.set(room, finder);
  useEffect(() => stayIn(chat, room), [chat, room]);
  useEffect(() => hold(finder, atLiveEnd), [finder]);
  const snapshot = useSyncExternalStore(
    finder.onChange,
    () => finder.snapshot,
    () => finder.snapshot,
  );
  const { jump, toLive, loadOlder, loadNewer } = finder;
  return useMemo(
    () => ({ ...snapshot, jump, toLive, loadOlder, loadNewer }),
    [snapshot, jump, toLive, loadOlder, loadNewer],
  );
}

/** Follows this user's reactions in a room, which it joins as {@link useRoom} does. */
export function useReactions(chat: Chat, name: string): ReactionsView {
  const { room } = partsOf(chat, name);
  const reactions = allReactions.get(room) ?? createReactions(room);
  allReactions.set(room, reactions);
  useEffect(() => stayIn(chat, room), [chat, room]);
  const toggles = useSyncExternalStore(
    reactions.onChange,
    () => reactions.snapshot,
    () => reactions.snapshot,
  );
  const { add, remove, who, dismiss } = reactions;
  return useMemo(() => ({ toggles, add, remove, who, dismiss }), [toggles, add, remove, who, dismiss]);
}

/**
 * Calls back at each signal of one name in a room, which it joins as {@link useRoom} does. Gives a function that sends
 * one. The latest `onArrival` is called.
 */
export function useSignal(
  chat: Chat,
  name: string,
  signal: string,
  onArrival: (signal: Signal) => void,
): (data?: Data) => Promise<void> {
  const { room } = partsOf(chat, name);
  const latest = useRef(onArrival);
  useEffect(() => stayIn(chat, room), [chat, room]);
  useEffect(() => {
    latest.current = onArrival;
  }, [onArrival]);
  useEffect(() => onSignal(room, signal, (each) => latest.current(each)), [room, signal]);
  return useCallback((data) => sendSignal(room, signal, data), [room, signal]);
}

const allReactions = new WeakMap<Room, Reactions>();
const finders = new WeakMap<Room, Finder>();
const presences = new WeakMap<Room, Presence>();

/** A room and its members. The hook follows the members before any hook joins the room. */
function partsOf(chat: Chat, name: string): { room: Room; presence: Presence } {
  const room = chat.room(name);
  const presence = presences.get(room) ?? createPresence(chat, name);
  presences.set(room, presence);
  return { room, presence };
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

function atLiveEnd({ toLive }: Finder): Unsubscribe {
  return toLive;
}

function stopAll(stops: readonly Unsubscribe[]): void {
  for (const stop of stops) stop();
}

function hasSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
