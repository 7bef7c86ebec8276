import type { Socket, SocketEvents } from '../../client/common/platform';
import { handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { readSubprotocols } from '../../lib/auth/subprotocols';
import { openConnection } from '../../lib/connections/openConnection';
import { removeClosedConnection } from '../../lib/connections/removeClosedConnections';
import type { DeliveryResult, Poster } from '../../lib/ports/poster';
import { REFUSED_SUBPROTOCOL, SUBPROTOCOL } from '../../lib/protocol';
import type { VirtualClock } from './clock';
import type { Dice } from './faults';
import type { Lambda } from './lambda';
import { between, type Random } from './random';
import { MAX_CONNECTIONS } from './scenario';
import { readToken } from './token';

const IDLE_MS = 600_000;
const LONGEST_MS = 7_200_000;
const POST_TAKES_MS = 1_000;
const INTEGRATION_MS = 29_000;
/** What the function for sends carries out. */
const SENDS = /"action":"(sendMessage|editMessage|deleteMessage)"/;

export interface Gateway {
  poster: Poster;
  /** Begins a handshake; gives the client's end of the socket. */
  connect(protocols: readonly string[], events: SocketEvents): Socket;
  /** Opens a socket without a handshake, whose client only listens. */
  seat(connection: Requester, onFrame: (frame: string) => void): void;
  /** The socket is open, and no close was reported. */
  isLive(id: string): boolean;
  /** Cuts every socket at once. */
  cutAll(): void;
}

interface Line {
  connection: Requester;
  events: SocketEvents;
  held: Held;
  /** The gateway believes the socket is open. */
  isOpen: boolean;
  /** `$disconnect` has been run although the socket is open. */
  isSaidClosed: boolean;
  /** Nothing gets through any more, and neither end knows. */
  isBlackholed: boolean;
  /** The client has closed its end, or knows that it is closed. */
  isHungUp: boolean;
  lastHeard: number;
  nextArrival: number;
}

/** The client's end of a socket, from before the handshake on. */
interface Held {
  current?: Line;
  isHungUp: boolean;
}

export interface GatewayOptions {
  clock: VirtualClock;
  random: Random;
  dice: Dice;
  lambda(): Lambda;
  /** Sees every frame that reaches a client, as it arrives. */
  onArrival(connection: Requester, frame: string): void;
  /** The invocation that had a user's send has died. */
  onSendLost?: ((user: string) => void) | undefined;
  /** A frame is invoked twice: the second time may do what the reply to the first has refused. */
  onInvokedTwice?: ((frame: string) => void) | undefined;
  /** Posts to this user are throttled: the client does not read them. */
  slowUser?: string | undefined;
  /** Reports what happens to each socket, for a trace. */
  trace?: ((user: string, what: string) => void) | undefined;
}

/** Stands for API Gateway: sockets, routes to functions, and the management API, failing as they do. */
export function createGateway(options: GatewayOptions): Gateway {
  const { clock, random, dice, lambda, onArrival, trace } = options;
  const lines = new Map<string, Line>();
  let made = 0;

  const arrive = (line: Line, frame: string): void => {
    if (line.isHungUp || line.isBlackholed) return;
    trace?.(line.connection.user.id, `${line.connection.id} <- ${frame}`);
    line.events.message(frame);
  };

  const send = (line: Line, frame: string): void => {
    line.lastHeard = clock.now();
    if (dice.hits('postDropped')) return;
    const late = dice.hits('postLate') ? between(random, 500, 8_000) : 0;
    clock.after(between(random, 5, 60) + late, () => arrive(line, frame));
    if (dice.hits('postTwice')) clock.after(between(random, 5, 2_000), () => arrive(line, frame));
  };

  const post = async (id: string, frame: string): Promise<DeliveryResult> => {
    await clock.wait(between(random, 3, 15));
    const line = lines.get(id);
    if (!line?.isOpen) return 'gone';
    if (line.connection.user.id === options.slowUser) {
      dice.count('post to a slow reader');
      return 'throttled';
    }
    if (dice.hits('postFails')) return 'retry';
    if (dice.hits('postHangs')) {
      await clock.wait(POST_TAKES_MS);
      return 'retry';
    }
    send(line, frame);
    return dice.hits('postFailsDelivered') ? 'retry' : 'delivered';
  };

  const disconnect = (line: Line): void => {
    if (dice.hits('disconnectMissing')) return;
    const run = (): void => {
      void lambda()
        .invoke(
          (context) => removeClosedConnection(context, line.connection.id),
          () => {},
        )
        .catch(() => {});
    };
    clock.after(between(random, 10, 500), run);
    if (dice.hits('disconnectTwice')) clock.after(between(random, 10, 5_000), run);
  };

  /** The socket is gone on the gateway's side; the client hears of it unless the path is dead. */
  const close = (line: Line, tellsClient: boolean): void => {
    if (!line.isOpen) return;
    line.isOpen = false;
    trace?.(line.connection.user.id, `${line.connection.id} closed`);
    lines.delete(line.connection.id);
    disconnect(line);
    if (tellsClient && !line.isHungUp && !line.isBlackholed)
      clock.after(between(random, 5, 60), () => {
        if (line.isHungUp) return;
        line.isHungUp = true;
        line.held.isHungUp = true;
        line.events.close();
      });
  };

  const receive = (line: Line, frame: string): void => {
    if (!line.isOpen || line.isBlackholed) return;
    line.lastHeard = clock.now();
    if (dice.hits('socketReset')) {
      close(line, true);
      return;
    }
    if (dice.hits('socketBlackholed')) {
      line.isBlackholed = true;
      trace?.(line.connection.user.id, `${line.connection.id} blackholed`);
      return;
    }
    trace?.(line.connection.user.id, `${line.connection.id} -> ${frame}`);
    handle(line, frame, true);
    if (dice.hits('invocationTwice')) {
      options.onInvokedTwice?.(frame);
      clock.after(between(random, 0, 60_000), () => handle(line, frame, false));
    }
  };

  const handle = (line: Line, frame: string, replies: boolean): void => {
    const isSend = SENDS.test(frame);
    const began = clock.now();
    const fail = (): void => {
      if (replies && line.isOpen)
        send(line, '{"message": "Internal server error", "connectionId": "x", "requestId": "y"}');
    };
    void lambda()
      .invoke(
        (context) => (isSend ? handleSendMessage : handleRoomAction)(context, line.connection, frame),
        () => {
          if (isSend) options.onSendLost?.(line.connection.user.id);
          clock.after(between(random, 10, 3_000), fail);
        },
      )
      .then((reply) => {
        const isInTime = clock.now() - began < INTEGRATION_MS;
        if (replies && isInTime && line.isOpen) send(line, JSON.stringify(reply));
      });
  };

  const keepLimits = (line: Line): void => {
    const opened = clock.now();
    const look = (): void => {
      if (!line.isOpen) return;
      const isIdle = clock.now() - line.lastHeard >= IDLE_MS;
      if (isIdle || clock.now() - opened >= LONGEST_MS) close(line, true);
      else clock.after(60_000, look);
    };
    clock.after(60_000, look);
  };

  const begin = (connection: Requester, held: Held, events: SocketEvents): Line => {
    const line: Line = {
      connection,
      events,
      held,
      isOpen: true,
      isSaidClosed: false,
      isBlackholed: false,
      isHungUp: held.isHungUp,
      lastHeard: clock.now(),
      nextArrival: 0,
    };
    lines.set(connection.id, line);
    return line;
  };

  const shake = (protocols: readonly string[], events: SocketEvents, held: Held): void => {
    const refuse = (): void => {
      clock.after(between(random, 5, 60), () => {
        if (held.isHungUp) return;
        held.isHungUp = true;
        events.close();
      });
    };
    const { token, session, takesRefusal } = readSubprotocols({
      'sec-websocket-protocol': [protocols.join(', ')],
    });
    const verified = token && readToken(token);
    if (!verified || verified.expiresAt <= clock.now() || dice.hits('connectRefused')) {
      refuse();
      return;
    }

    const connection: Requester = { id: `c${String(made++).padStart(6, '0')}=`, ...verified };
    void lambda()
      .invoke((context) => {
        const connections = {
          ...context.connections,
          close(id: string) {
            // A new connection may replace a silent one: that is no violation.
            const silent = lines.get(id);
            if (silent) silent.isSaidClosed = true;
            return context.connections.close(id);
          },
        };
        return openConnection(
          { ...context, connections, maxConnections: MAX_CONNECTIONS, leaseMs: context.settings.leaseMs },
          { ...connection, takesRefusal, ...(typeof session === 'string' && { session }) },
        );
      }, refuse)
      .then((outcome) => {
        dice.count(`connect: ${outcome}`);
        const isTold = takesRefusal && outcome !== 'coolingDown';
        if (outcome !== 'opened' && !isTold) {
          refuse();
          return;
        }
        const opened = begin(connection, held, {
          ...events,
          message(frame) {
            onArrival(connection, frame);
            events.message(frame);
          },
        });
        trace?.(connection.user.id, `${connection.id} opened`);
        held.current = opened;
        if (held.isHungUp) {
          close(opened, false);
          return;
        }
        keepLimits(opened);
        if (dice.hits('disconnectEarly'))
          clock.after(between(random, 0, 60_000), () => {
            opened.isSaidClosed = true;
            disconnect(opened);
          });
        clock.after(between(random, 5, 60), () => {
          if (!opened.isHungUp) events.open(outcome === 'opened' ? SUBPROTOCOL : REFUSED_SUBPROTOCOL);
        });
      }, refuse);
  };

  return {
    poster: {
      prepare: (frame) => (id) => post(id, frame),
      async close(id) {
        await clock.wait(between(random, 3, 15));
        const line = lines.get(id);
        if (!line?.isOpen) return 'gone';
        close(line, true);
        return 'delivered';
      },
    },
    connect(protocols, events) {
      const held: Held = { isHungUp: false };
      clock.after(between(random, 10, 80), () => shake(protocols, events, held));
      return {
        send(frame) {
          const line = held.current;
          if (!line) return;
          // Frames of one socket arrive in the order they were sent; the functions they start do not run so.
          const arrival = Math.max(line.nextArrival, clock.now() + between(random, 5, 60));
          line.nextArrival = arrival;
          clock.after(arrival - clock.now(), () => receive(line, frame));
        },
        close() {
          if (held.isHungUp) return;
          held.isHungUp = true;
          const line = held.current;
          clock.after(between(random, 5, 2_000), events.close);
          if (!line || line.isHungUp) return;
          line.isHungUp = true;
          if (!line.isBlackholed) clock.after(between(random, 5, 60), () => close(line, false));
        },
      };
    },
    seat(connection, message) {
      keepLimits(begin(connection, { isHungUp: false }, { open() {}, close() {}, message }));
    },
    isLive(id) {
      const line = lines.get(id);
      return line?.isOpen === true && !line.isSaidClosed;
    },
    cutAll() {
      for (const line of [...lines.values()]) close(line, true);
    },
  };
}
