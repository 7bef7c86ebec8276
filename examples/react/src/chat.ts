import { createChat } from 'edge-chat/client';
import { signInGuest } from 'edge-chat/guests';

const { VITE_STACK: stack = 'http://localhost:8080' } = import.meta.env;

/** The one chat of this app. The hooks connect it while a component needs it. */
export const chat = createChat({
  url: `${stack.replace('http', 'ws')}/ws`,
  async token({ previous = localStorage.getItem('token') ?? undefined }) {
    const { token } = await signInGuest(`${stack}/api/token`, 'Ann', previous);
    localStorage.setItem('token', token); // The next visit has the same user id.
    return token;
  },
});
