/** What can be imported from the package. */
export const ENTRIES = [
  'client',
  'react',
  'presence',
  'moderation',
  'guests',
  'outbox',
  'outbox/browser',
  'outbox/file',
  'protocol',
];

/** A program of another project that imports all of it. */
export const PROGRAM = `
import { type Chat, ChatError, createChat, type Outbox } from 'edge-chat/client';
import { signInGuest } from 'edge-chat/guests';
import { kick } from 'edge-chat/moderation';
import { createMemoryOutbox } from 'edge-chat/outbox';
import { createBrowserOutbox } from 'edge-chat/outbox/browser';
import { createFileOutbox } from 'edge-chat/outbox/file';
import { LIMITS, type MessageEntry } from 'edge-chat/protocol';
import { createPresence, type PresenceSnapshot } from 'edge-chat/presence';
import { usePresence, useRoom } from 'edge-chat/react';

const chat: Chat = createChat({
  url: 'wss://d111111abcdef8.cloudfront.net/ws',
  token: async ({ previous }) => (await signInGuest('/api/token', 'Ann', previous)).token,
  outbox: Math.random() < 0.5 ? createBrowserOutbox() : createFileOutbox('sends'),
});
chat.room('lobby').on('message', ({ text }: MessageEntry) => text.slice(0, LIMITS.textCharacters));
export const own: Outbox = { open: () => createMemoryOutbox().open() };
export const here: PresenceSnapshot = createPresence(chat, 'lobby').snapshot;
export const out = (user: string): Promise<void> => kick(chat.room('lobby'), user);
export const hooks = () => [useRoom(chat, 'lobby').messages, usePresence(chat, 'lobby').members];
export const wait = (error: unknown) => (error instanceof ChatError ? error.retryAfterMs : undefined);
// @ts-expect-error A text is no number: the types are there, and are not \`any\`.
void chat.room('lobby').send(1);
`;
