'use client';

import { createChat } from 'edge-chat/client';
import { signInGuest } from 'edge-chat/guests';
import { useChat, useRoom } from 'edge-chat/react';

const stack = process.env.NEXT_PUBLIC_STACK ?? 'http://localhost:8080';

// The server has this object too, and never connects it: only effects do, and they run in browsers.
const chat = createChat({
  url: `${stack.replace('http', 'ws')}/ws`,
  token: async ({ previous }) => (await signInGuest(`${stack}/api/token`, 'Bea', previous)).token,
});

export function Room({ name }: { name: string }) {
  const { state } = useChat(chat);
  const { room, messages, pending } = useRoom(chat, name);

  return (
    <>
      <p role="status">{state.kind}</p>
      <ol>
        {messages.map(({ seq, from, text }) => (
          <li key={seq}>
            <b>{from.name}</b> {text}
          </li>
        ))}
        {pending.map(({ id, text, state }) => (
          <li key={id}>
            {text} <i>{state}</i>
          </li>
        ))}
      </ol>
      <form action={(form) => void room.send(String(form.get('text')))}>
        <input name="text" aria-label="Message" autoComplete="off" required />
        <button type="submit">Send</button>
      </form>
    </>
  );
}
