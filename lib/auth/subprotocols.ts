import { BEARER_PREFIX, parseId, REFUSED_SUBPROTOCOL, SESSION_PREFIX, SUBPROTOCOL } from '../protocol';
import { type Headers, single, valuesOf } from './headers';

/** What a client offers in its handshake. */
export interface Subprotocols {
  /** The client speaks this protocol. */
  isKnown: boolean;
  /** The one token, or `undefined` if there is none, or more than one. */
  token: string | undefined;
  /** The connections of one session replace each other. `malformed`: it breaks its rule, or there are several. */
  session: string | undefined | { malformed: true };
  /** The client can be told of a refusal on a connection of its own. */
  takesRefusal: boolean;
}

/** Reads the header `Sec-WebSocket-Protocol`, in one line or several. */
export function readSubprotocols(headers: Headers): Subprotocols {
  const offered = valuesOf(headers, 'sec-websocket-protocol')
    .flatMap((value) => value.split(','))
    .map((protocol) => protocol.trim());
  const after = (prefix: string): string[] => [
    ...new Set(
      offered.filter((protocol) => protocol.startsWith(prefix)).map((each) => each.slice(prefix.length)),
    ),
  ];
  const sessions = after(SESSION_PREFIX);
  return {
    isKnown: offered.includes(SUBPROTOCOL),
    // Of two tokens, another reader of the headers may have judged the other one.
    token: single(after(BEARER_PREFIX)),
    session: sessions.length === 0 ? undefined : (parseId(single(sessions)) ?? { malformed: true }),
    takesRefusal: offered.includes(REFUSED_SUBPROTOCOL),
  };
}
