import type { ChatState, ConnectingReason } from '../../client';
import { momentOf } from './days';

/** What the banner says about the connection, and the action that it offers. */
export interface Notice {
  text: string;
  offer?: 'tryNow' | 'joinAgain';
  /** Shown at once; a short `connecting` is not. */
  isTrouble: boolean;
}

const WHY: Record<ConnectingReason, string> = {
  closed: 'The connection was lost.',
  refused: 'The server cannot be reached, or refused the connection.',
  tooManyConnections: 'This chat is open in too many tabs or devices: close one.',
  banned: 'You are banned from this chat.',
  noAnswer: 'The server does not answer.',
  noToken: 'The server could not sign you in.',
  expired: 'Your sign-in has expired.',
};

const OFFLINE = 'You are offline. What you write is sent once you are back.';

/** Describes the connection, or returns `undefined` while there is nothing to say. */
export function noticeOf(state: ChatState, isOnline: boolean, now: number): Notice | undefined {
  switch (state.kind) {
    case 'connected':
      // The browser knows at once; that nothing answers shows only after a ping.
      return isOnline ? undefined : { text: OFFLINE, isTrouble: true };
    case 'connecting': {
      if (!isOnline) return { text: OFFLINE, offer: 'tryNow', isTrouble: true };
      if (state.reason === undefined) return { text: 'Connecting…', isTrouble: false };
      if (state.reason === 'banned' && state.until !== undefined)
        return { text: `You are banned from this chat until ${momentOf(state.until)}.`, isTrouble: true };
      const why = WHY[state.reason];
      if (state.retryAt === undefined || state.retryAt <= now)
        return { text: `${why} Connecting again…`, offer: 'tryNow', isTrouble: true };
      return {
        text: `${why} Trying again ${inSeconds(state.retryAt - now)}.`,
        offer: 'tryNow',
        isTrouble: true,
      };
    }
    case 'disconnected':
      if (state.reason === 'unauthorized')
        return { text: state.error.message, offer: 'joinAgain', isTrouble: true };
      return { text: 'You are not connected.', offer: 'tryNow', isTrouble: state.reason === 'closed' };
    default:
      return state satisfies never;
  }
}

function inSeconds(ms: number): string {
  return `in ${Math.ceil(ms / 1000)} s`;
}
