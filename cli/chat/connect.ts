import { type Chat, ChatError, type ChatState, type Room } from '../../client/index';
import { Ending, EXIT } from '../exit';

/** Connects and enters a room. Throws an {@link Ending} when that is refused, or takes too long. */
export async function enter(chat: Chat, room: Room, url: string, patienceMs: number): Promise<void> {
  chat.connect();
  const given = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(new Ending(EXIT.unreachable, `${url} gave no connection in ${patienceMs / 1000} s.`)),
      patienceMs,
    );
    timer.unref();
  });
  await Promise.race([room.join(), given]).catch((error: unknown) => {
    throw endingFor(error);
  });
}

/** The way the program ends for what the client rejects with. */
export function endingFor(error: unknown): unknown {
  if (!(error instanceof ChatError)) return error;
  if (error.code === 'unavailable' || error.code === 'timeout')
    return new Ending(EXIT.unreachable, error.message);
  return new Ending(EXIT.refused, error.message);
}

/** Says how the connection is, in a line, or gives `undefined` for a state that needs none. */
export function describe(state: ChatState): string | undefined {
  switch (state.kind) {
    case 'connected':
      return 'Connected again.';
    case 'connecting':
      return state.reason === undefined || state.retryAt === undefined
        ? undefined
        : 'No connection. Trying again; what you send meanwhile is kept.';
    case 'disconnected':
      return undefined;
    default:
      return state satisfies never;
  }
}
