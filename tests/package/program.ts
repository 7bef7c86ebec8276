/** What can be imported from the package. */
export const ENTRIES = [
  'client',
  'react',
  'editing',
  'history',
  'presence',
  'finding',
  'reactions',
  'moderation',
  'reports',
  'bot',
  'rooms',
  'requests',
  'signals',
  'files',
  'drafts',
  'guests',
  'outbox',
  'outbox/browser',
  'outbox/file',
  'protocol',
];

/** A program of another project that imports all of it. */
export const PROGRAM = `
import { type Bot, startBot } from 'edge-chat/bot';
import { type Chat, ChatError, createChat, type Outbox } from 'edge-chat/client';
import { createBrowserUploads, createFiles, type FileSend } from 'edge-chat/files';
import { editMessage } from 'edge-chat/editing';
import { createFinder } from 'edge-chat/finding';
import { signInGuest } from 'edge-chat/guests';
import { loadOlder } from 'edge-chat/history';
import { kick } from 'edge-chat/moderation';
import { createMemoryOutbox, createOutbox } from 'edge-chat/outbox';
import { createBrowserOutbox } from 'edge-chat/outbox/browser';
import { createFileOutbox } from 'edge-chat/outbox/file';
import { LIMITS, type MessageEntry } from 'edge-chat/protocol';
import { createPresence, type PresenceSnapshot } from 'edge-chat/presence';
import { listQueue, report } from 'edge-chat/reports';
import { createReactions, listReactions } from 'edge-chat/reactions';
import { useDrafts, useFiles, useFinder, useFollowedRooms, usePresence, useReactions, useRoom, useSignal, useUnread } from 'edge-chat/react';
import { createDraftWriter, type DraftView, watchDrafts } from 'edge-chat/drafts';
import { createRoomList, type FollowedRoom } from 'edge-chat/rooms';
import { onFrame, request } from 'edge-chat/requests';
import { onSignal, sendSignal } from 'edge-chat/signals';

const chat: Chat = createChat({
  url: 'wss://d111111abcdef8.cloudfront.net/ws',
  token: async ({ previous }) => (await signInGuest('/api/token', 'Ann', previous)).token,
  outbox: Math.random() < 0.5 ? createBrowserOutbox() : createFileOutbox('sends'),
});
chat.room('lobby').on('message', ({ text }: MessageEntry) => text.slice(0, LIMITS.textCharacters));
export const own: Outbox = createOutbox({ open: () => createMemoryOutbox().open() });
export const here: PresenceSnapshot = createPresence(chat, 'lobby').snapshot;
export const find = (at: number): Promise<number> => createFinder(chat.room('lobby')).jump({ at });
export const clap = (seq: number): Promise<void> => createReactions(chat.room('lobby')).add(seq, '👏');
export const claps = (message: MessageEntry) => listReactions(message, undefined, chat.user?.id);
export const wave = () => onSignal(chat.room('lobby'), 'wave', ({ from }) => from.name);
export const back = (): Promise<void> => sendSignal(chat.room('lobby'), 'wave', { to: 'Ann' });
export const written = (): readonly DraftView[] => [...watchDrafts(chat.room('lobby')).snapshot, ...useDrafts(chat, 'lobby')];
export const rooms = (): readonly FollowedRoom[] => [...createRoomList(chat).snapshot.rooms, ...useFollowedRooms(chat).rooms];
export const unread = (): number | '99+' => useUnread(chat, 'lobby');
export const writing = (): void => createDraftWriter(chat.room('lobby'), 42).write('The answer');
export const waves = () => useSignal(chat, 'lobby', 'wave', ({ from }) => from.name)({ to: 'Ann' });
export const uploads = (token: string): readonly FileSend[] =>
  createFiles(chat.room('lobby'), { url: 'https://d111111abcdef8.cloudfront.net', token: () => token }).snapshot;
export const bot = (): Bot => startBot(chat, 'lobby', { name: 'echo', answer: ({ text }) => text });
export const correct = (seq: number) => editMessage(chat.room('lobby'), seq, 'Hello!').then(() => loadOlder(chat.room('lobby')));
export const typing = () => [request(chat.room('lobby'), { action: 'typing' }), onFrame(chat.room('lobby'), ({ type }) => type)];
export const out = (user: string): Promise<void> => kick(chat.room('lobby'), user);
export const hooks = () => [useRoom(chat, 'lobby').messages, usePresence(chat, 'lobby').members, useFinder(chat, 'lobby').jump, useReactions(chat, 'lobby').add];
export const wait = (error: unknown) => (error instanceof ChatError ? error.retryAfterMs : undefined);
// @ts-expect-error A text is no number: the types are there, and are not \`any\`.
void chat.room('lobby').send(1);
`;
