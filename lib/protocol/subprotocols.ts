/** The WebSocket subprotocol a client must offer, and the only one the server ever echoes. */
export const SUBPROTOCOL = 'chat.v1';

/**
 * The subprotocol of a connection that the server refuses, for clients that offer it: every frame on it is answered by
 * the error that tells why.
 */
export const REFUSED_SUBPROTOCOL = 'chat.v1.refused';

/** Prefix of the subprotocol that carries the token: `bearer.<jwt>`. It is never echoed. */
export const BEARER_PREFIX = 'bearer.';

/** Prefix of the subprotocol that names what a connection replaces: `session.<id>`. It is never echoed. */
export const SESSION_PREFIX = 'session.';
