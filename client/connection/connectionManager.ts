import type { ServerMessage } from '../../lib/protocol';
import type { ChatState, ConnectingReason, TokenRequest } from '../common/chatTypes';
import { OVERLAP_MS, STABLE_MS, STALLED_ATTEMPT_MS } from '../common/constants';
import { ChatError } from '../common/errors';
import type { Cancel } from '../common/platform';
import { type CloseReason, type Connection, type ConnectionOptions, openConnection } from './connection';
import { type Heartbeat, type HeartbeatOptions, startHeartbeat } from './heartbeat';
import type { Token } from './jwt';
import { createReconnectDelay } from './reconnectDelay';
import { createTokenProvider, type TokenProviderOptions } from './tokenProvider';
import { renewalDelay } from './tokenRenewal';

export type ConnectionManagerOptions = TokenProviderOptions & ConnectionOptions & HeartbeatOptions;

/** What a connection manager reports. */
export interface ConnectionManagerEvents {
  /** Called with each frame, before the request that it answers. */
  onFrame(frame: ServerMessage, connection: Connection): void;
  onState(state: ChatState): void;
  onToken(token: Token): void;
  /** A connection has opened or closed. */
  onChange(): void;
}

/** Keeps one connection open, and replaces it in time: the new one opens before the old one closes. */
export interface ConnectionManager {
  start(): void;
  /** Closes every connection; with the error, if there is one. */
  stop(error?: ChatError): void;
  /** The open connections, newest first: one, or two while one replaces the other. */
  connections(): readonly Connection[];
  /** Ends a wait for the next attempt, and checks the open connection at once. */
  wake(): void;
}

/** What leads to the next connection. */
interface Attempt {
  /** It waits until then. */
  retryAt?: number;
  /** Since then a token is asked for, or a socket is being opened. */
  since?: number;
  cancel: Cancel;
}

/** The newest open connection and what runs with it. */
interface Newest {
  connection: Connection;
  openedAt: number;
  heartbeat: Heartbeat;
  stopTimers(): void;
}

type Connecting = Extract<ChatState, { kind: 'connecting' }>;

/** Creates a manager. It connects when `connect` is called. */
export function createConnectionManager(
  options: ConnectionManagerOptions,
  events: ConnectionManagerEvents,
): ConnectionManager {
  const { clock, random, report } = options;
  const tokens = createTokenProvider(options, events.onToken);
  const delay = createReconnectDelay(random);
  let isWanted = false;
  let attempt: Attempt | undefined;
  /** Attempts that were restarted because they seemed stalled: each restart is more patient. */
  let restarts = 0;
  let connections: readonly Connection[] = [];
  let newest: Newest | undefined;
  /** Why the last connection or attempt ended, and with the reason `banned`: when the ban ends. */
  let ending: Pick<Connecting, 'reason' | 'until'> = {};

  const showState = (): void => {
    if (!isWanted) return;
    if (connections[0]) events.onState({ kind: 'connected', renewal: ending.reason });
    else events.onState({ kind: 'connecting', ...ending, retryAt: attempt?.retryAt });
  };

  const cancelAttempt = (): void => {
    const previous = attempt;
    attempt = undefined;
    previous?.cancel();
  };

  const connect = (): void => {
    if (!isWanted || attempt?.since !== undefined) return;
    cancelAttempt();
    let cancelToken: Cancel | undefined;
    const own: Attempt = { since: clock.now(), cancel: () => cancelToken?.() };
    attempt = own;
    showState();
    // A listener of the state may have closed the chat.
    if (attempt !== own) return;
    cancelToken = tokens.get(
      (token) => {
        if (attempt === own) handshake(token);
      },
      (error) => {
        attempt = undefined;
        report(error);
        if (error instanceof ChatError && error.final) stop(error);
        else retryLater('noToken');
      },
    );
  };

  const handshake = (token: string): void => {
    const connection = openConnection(options, token, {
      onOpen: () => onOpen(connection),
      onClose(closeReason, bannedUntil) {
        if (attempt === own) attempt = undefined;
        onClose(connection, closeReason, bannedUntil);
      },
      onFrame(frame) {
        if (frame.type === 'error' && frame.code === 'expired') onExpired(connection);
        events.onFrame(frame, connection);
      },
    });
    const own: Attempt = { since: clock.now(), cancel: () => connection.close('refused') };
    attempt = own;
  };

  const onOpen = (connection: Connection): void => {
    const previous = connections[0];
    attempt = undefined;
    ending = {};
    restarts = 0;
    delay.onOpen();
    newest?.stopTimers();
    newest = attend(connection);
    connections = [connection, ...connections];
    if (previous) clock.after(OVERLAP_MS, previous.close);
    showState();
    events.onChange();
  };

  /** Starts what runs as long as the connection is the newest. */
  const attend = (connection: Connection): Newest => {
    const heartbeat = startHeartbeat(options, connection);
    const timers = [
      heartbeat.stop,
      clock.after(renewalDelay(tokens.remainingMs(), random), () => renew('expiring')),
      clock.after(STABLE_MS, delay.onStable),
    ];
    return {
      connection,
      openedAt: clock.now(),
      heartbeat,
      stopTimers() {
        for (const cancel of timers) cancel();
      },
    };
  };

  const renew = (tokenReason: TokenRequest['reason']): void => {
    if (attempt?.since !== undefined) return;
    tokens.invalidate(tokenReason);
    connect();
  };

  const onClose = (connection: Connection, closeReason: CloseReason, bannedUntil?: number): void => {
    const wasOpen = connections.includes(connection);
    const wasNewest = newest?.connection === connection;
    connections = connections.filter((other) => other !== connection);
    if (wasNewest) {
      newest?.stopTimers();
      newest = undefined;
    }
    if (wasOpen) events.onChange();
    if (closeReason === 'refused') tokens.invalidate('refused');
    if (wasNewest || !wasOpen) retryLater(closeReason, bannedUntil);
    // The server may have given up the connection for the one that was to replace it.
    if (!wasOpen) newest?.heartbeat.probe();
  };

  const retryLater = (reason: ConnectingReason, until?: number): void => {
    ending = { reason, until };
    if (isWanted && !attempt) {
      const ms = delay.next(reason);
      attempt = { retryAt: clock.now() + ms, cancel: clock.after(ms, connect) };
    }
    showState();
  };

  /** The server no longer accepts the token of a connection. */
  const onExpired = (connection: Connection): void => {
    if (newest?.connection !== connection || attempt?.since !== undefined) return;
    tokens.invalidate('expired');
    if (clock.now() - newest.openedAt > STABLE_MS) connect();
    else retryLater('expired');
  };

  const stop = (error?: ChatError): void => {
    isWanted = false;
    cancelAttempt();
    for (const connection of connections) connection.close();
    events.onState({
      kind: 'disconnected',
      ...(error ? { reason: 'unauthorized', error } : { reason: 'closed' }),
    });
  };

  return {
    start() {
      isWanted = true;
      ending = {};
      // Another user may have signed in since the chat was closed.
      tokens.invalidate('first');
      connect();
    },
    stop,
    connections: () => connections,
    wake() {
      if (newest) return newest.heartbeat.probe();
      const isStalled = clock.now() - (attempt?.since ?? Infinity) > STALLED_ATTEMPT_MS * 2 ** restarts;
      if (isStalled) {
        restarts++;
        cancelAttempt();
      }
      connect();
    },
  };
}
