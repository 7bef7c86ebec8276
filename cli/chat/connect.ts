import { type Chat, ChatError, type ChatState, type Room } from '../../client/index';
import { CommandError, EXIT } from '../commandLine/exitCodes';

/** Connects and joins a room. @throws CommandError when that is refused or takes too long. */
export async function joinFirst(chat: Chat, room: Room, url: string, patienceMs: number): Promise<void> {
  chat.connect();
  const timeout = new Promise<never>((_, reject) => {
    const none = `${url} gave no connection in ${patienceMs / 1000} s.`;
    setTimeout(() => {
      const why = describeRefusal(chat.state);
      reject(
        why === undefined ? new CommandError(EXIT.unreachable, none) : new CommandError(EXIT.refused, why),
      );
    }, patienceMs).unref();
  });
  await Promise.race([room.join(), timeout]).catch((error: unknown) => {
    throw commandErrorOf(error);
  });
}

/** Gives the command's error for an error of the client; other errors stay as they are. */
export function commandErrorOf(error: unknown): unknown {
  if (!(error instanceof ChatError)) return error;
  const isUnreachable = error.code === 'unavailable' || error.code === 'timeout';
  return new CommandError(isUnreachable ? EXIT.unreachable : EXIT.refused, reasonOf(error));
}

/** Says why a send or a join failed. */
export function reasonOf(error: unknown): string {
  if (error instanceof ChatError && error.code === 'outcomeUnknown')
    return 'It may or may not be in the room: the history that would tell is gone.';
  if (error instanceof ChatError && error.until !== undefined)
    return `You have been removed from this room until ${momentOf(error.until)}.`;
  return error instanceof Error ? error.message : String(error);
}

/** Says why the server refuses every connection of the user, or gives `undefined`. */
function describeRefusal(state: ChatState): string | undefined {
  if (state.kind !== 'connecting') return undefined;
  if (state.reason === 'tooManyConnections')
    return 'You are connected too many times: close a tab or end another program.';
  if (state.reason !== 'banned') return undefined;
  const until = state.until === undefined ? '' : ` until ${momentOf(state.until)}`;
  return `You are banned from this chat${until}.`;
}

/** A time in UTC, as logs have it. A server may send any number. */
export function momentOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : date.toISOString();
}

/** Describes the connection in a line, or gives `undefined` for a state that needs none. */
export function describeState(state: ChatState): string | undefined {
  switch (state.kind) {
    case 'connected':
      return 'Connected again.';
    case 'connecting':
      return state.reason === undefined || state.retryAt === undefined
        ? undefined
        : (describeRefusal(state) ?? 'No connection. Trying again; what you send meanwhile is kept.');
    case 'disconnected':
      return undefined;
    default:
      return state satisfies never;
  }
}
