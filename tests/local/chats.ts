import WebSocket from 'ws';
import { type Chat, createChat, webSocketFrom } from '../../client';
import type { sharedStack } from './sharedStack';

/** Gives a function that opens the chat of a token. Each test's chats are closed after it. */
export function chatsOf(stack: ReturnType<typeof sharedStack>): (token: string) => Chat {
  const chats: Chat[] = [];
  afterEach(() => {
    for (const chat of chats.splice(0)) chat.close();
  });
  return (token) => {
    const chat = createChat({ url: stack.socketUrl, token: () => token, open: webSocketFrom(WebSocket) });
    chats.push(chat);
    chat.connect();
    return chat;
  };
}
