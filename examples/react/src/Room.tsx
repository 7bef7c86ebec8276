import { useChat, usePresence, useRoom } from 'edge-chat/react';
import { chat } from './chat';

export function Room({ name }: { name: string }) {
  const { state } = useChat(chat);
  const { room, error, messages, pending, hasOlder, loadOlder } = useRoom(chat, name);
  const { memberCount, typing, sendTyping } = usePresence(chat, name);

  return (
    <>
      <h1>{name}</h1>
      <p role="status">{error?.message ?? `${state.kind}, ${memberCount} here`}</p>
      {hasOlder && (
        <button type="button" onClick={() => void loadOlder()}>
          Older messages
        </button>
      )}
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
      <p>{typing.map((user) => `${user.name} is typing. `)}</p>
      <form action={(form) => void room.send(String(form.get('text')))}>
        <input name="text" aria-label="Message" autoComplete="off" required onChange={sendTyping} />
        <button type="submit">Send</button>
      </form>
    </>
  );
}
