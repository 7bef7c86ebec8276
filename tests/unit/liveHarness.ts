import { type Chat, type ChatOptions, createChat } from '../../client';
import type { Requester } from '../../lib/auth/requester';
import { readSubprotocols } from '../../lib/auth/subprotocols';
import { openConnection } from '../../lib/connections/openConnection';
import { removeClosedConnection } from '../../lib/connections/removeClosedConnections';
import type { Settings } from '../../lib/ports/settings';
import { REFUSED_SUBPROTOCOL, SUBPROTOCOL } from '../../lib/protocol';
import { tokenFor } from '../client/kit/harness';
import { seeded } from '../simulation/random';
import { handlerOf } from '../support/handlerOf';
import { createHarness, type Harness, HOUR, LEASE_MS } from './harness';

/** A way between a client and the core takes this long. */
const WAY_MS = 10;

interface Line {
  requester: Requester;
  isOpen: boolean;
  /** Ends the connection, as API Gateway does: the client is told, the server knows. */
  end(): void;
  receive(frame: string): void;
}

export interface LiveHarness {
  core: Harness;
  lines: Map<string, Line>;
  /** How many handshakes ended how. */
  outcomes: Record<string, number>;
  /** Loses every handshake from now on, after the server has answered it. */
  losesHandshakes: boolean;
  /** Users whose network is gone: nothing of theirs arrives, and neither end is told. */
  cutOff: Set<string>;
  /** A client of the library, whose tokens last so long. */
  chat(user: string, options?: Partial<ChatOptions>, tokenMs?: number): Chat;
  /** Lets virtual time pass. */
  pass(ms: number): Promise<void>;
}

/** Clients of the library on the real core, in one container and in virtual time. */
export function createLiveHarness({
  maxConnections = 5,
  settings = {},
}: {
  maxConnections?: number;
  settings?: Partial<Settings>;
} = {}): LiveHarness {
  const core = createHarness(settings);
  const { clock } = core;
  const random = seeded(7);
  const lines = new Map<string, Line>();
  const outcomes: Record<string, number> = {};
  let ids = 0;

  core.poster = {
    prepare: (frame) => async (id) => {
      await clock.wait(WAY_MS / 2);
      const line = lines.get(id);
      if (!line?.isOpen) return 'gone';
      line.receive(frame);
      return 'delivered';
    },
    async close(id) {
      core.closed.push(id);
      lines.get(id)?.end();
      return 'delivered';
    },
  };

  const answer = (requester: Requester, frame: string) => {
    const { action } = JSON.parse(frame);
    return handlerOf(action)(core, requester, frame);
  };

  const open: ChatOptions['open'] = (_url, protocols, events) => {
    const {
      token = '',
      session,
      takesRefusal,
    } = readSubprotocols({
      'sec-websocket-protocol': [protocols.join(', ')],
    });
    const { sub, name, exp } = JSON.parse(atob(token.split('.')[1] ?? ''));
    const id = `connection-${++ids}`;
    const expiresAt = Math.min(exp * 1000, clock.now() + 2 * HOUR);
    const requester: Requester = { id, user: { id: sub, name }, expiresAt, permissions: '*:rwm' };
    let isHungUp = false;
    const line: Line = {
      requester,
      isOpen: false,
      end() {
        if (!line.isOpen) return;
        line.isOpen = false;
        lines.delete(id);
        void removeClosedConnection(core, id);
        if (!isHungUp) events.close();
      },
      receive(frame) {
        clock.after(WAY_MS, () => {
          if (line.isOpen && !isHungUp && !live.cutOff.has(sub)) events.message(frame);
        });
      },
    };
    clock.after(WAY_MS, async () => {
      if (live.cutOff.has(sub)) return;
      const outcome = await openConnection(
        { ...core, maxConnections, leaseMs: LEASE_MS },
        { ...requester, takesRefusal, ...(typeof session === 'string' && { session }) },
      );
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (live.losesHandshakes) return;
      const isTold = outcome === 'banned' || outcome === 'tooMany';
      line.isOpen = outcome === 'opened' || (isTold && takesRefusal);
      if (line.isOpen) lines.set(id, line);
      clock.after(WAY_MS, () => {
        if (isHungUp) return line.end();
        if (line.isOpen) events.open(outcome === 'opened' ? SUBPROTOCOL : REFUSED_SUBPROTOCOL);
        else events.close();
      });
    });
    return {
      send(frame) {
        clock.after(WAY_MS, async () => {
          if (!line.isOpen || live.cutOff.has(sub)) return;
          line.receive(JSON.stringify(await answer(requester, frame)));
        });
      },
      close() {
        isHungUp = true;
        if (!live.cutOff.has(sub)) line.end();
      },
    };
  };

  const live: LiveHarness = {
    core,
    lines,
    outcomes,
    losesHandshakes: false,
    cutOff: new Set(),
    chat: (user, options = {}, tokenMs = HOUR) =>
      createChat({
        url: 'wss://chat.test/ws',
        token: () => tokenFor(user, clock.now(), tokenMs),
        clock,
        random,
        open,
        newId: () => `id-of-${user}-${++ids}`,
        network: { watch: () => () => {} },
        ...options,
      }),
    async pass(ms) {
      // What was asked for at this time comes before the time passes.
      await new Promise(setImmediate);
      await clock.runUntil(clock.now() + ms);
    },
  };
  return live;
}
