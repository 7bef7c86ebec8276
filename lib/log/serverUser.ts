import type { User } from '../protocol';

/** The user in the row of an entry that the server writes about a message. No user's id has a space. */
export const SERVER: User = { id: 'the server', name: 'the server' };
