import { type LogEntry, problemWithText, type ServerMessage } from '../../lib/protocol';
import { type Core, isMessage } from '../core';
import { createEmitter } from '../emitter';
import { ChatError } from '../errors';
import type { Desk } from '../log/reader';
import type { Link } from '../socket/link';
import type { Room, RoomEvents } from '../types';
import type { OutboxRecord } from '../world';
import { createEntrance } from './entrance';
import { createFeed } from './feed';
import { createHistory } from './history';
import { createMembers } from './members';
import { createMembership } from './membership';
import { createModeration } from './moderation';
import { hear } from './pushes';
import { createSends } from './sends';
import { createTyping } from './typing';
import { createView } from './view';

/** A room, and what the chat tells it. */
export interface RoomParts {
  room: Room;
  /** The cursor, if the room is joined on this link. */
  cursorOn(link: Link): number | undefined;
  pushed(message: ServerMessage): void;
  behind(head: number): void;
  evicted(link: Link): void;
  logIs(log: string): void;
  /** A link has opened or ended. */
  linksChanged(): void;
  outboxOpened(): void;
  restore(records: readonly OutboxRecord[]): void;
  userChanged(): void;
  sendCount(): number;
  close(reason: ChatError): void;
}

export function createRoom(core: Core, name: string): RoomParts {
  const emitter = createEmitter<RoomEvents>(core.report);
  const entrance = createEntrance();
  const view = createView(() => ({ name, entrance, feed, members, sends, isJoined: () => !!desk.link() }));

  const changed = (): void => {
    view.change();
    emitter.emit('change');
  };

  const desk: Desk = {
    name,
    link: () => core.links().find(membership.isJoined),
    evicted: (link) => membership.evicted(link),
  };

  /** Goes on with what waits for the room, if it can be used. */
  const goOn = (): void => {
    changed();
    if (!desk.link()) return;
    entrance.open();
    feed.resume();
    sends.pump();
  };

  const settle = (): void => {
    membership.settle();
    changed();
  };

  const members = createMembers(core.clock, changed);
  const feed = createFeed(core, desk, {
    memberCount: members.count,
    met: (message) => sends.met(message),
    delivered,
    gap(gap) {
      view.change();
      emitter.emit('gap', gap);
      changed();
    },
    dropped() {
      view.clear();
      view.change();
      sends.strand(() => true);
      emitter.emit('reset');
      changed();
    },
    again: () => membership.again(),
  });
  const sends = createSends(core, desk, feed.reader, {
    position: feed.position,
    page: feed.page,
    acknowledged(entry) {
      view.acknowledged(entry);
      feed.entry(entry);
    },
    changed: settle,
  });
  const membership = createMembership(core, name, {
    isWanted: () => entrance.isAsked || sends.hasPending(),
    position: feed.position,
    joined(reply, asked) {
      const outcome = feed.joined(reply, asked);
      if (outcome === 'again') return outcome;
      members.replace(reply);
      sends.strand((record) => record.log !== reply.log);
      return outcome;
    },
    refused({ code, message }) {
      const error = new ChatError(code, message);
      entrance.close(error, true);
      sends.refuse(error);
      changed();
    },
    changed: goOn,
  });
  const loadOlder = createHistory(core, desk, feed, { met: sends.met, changed });
  const typing = createTyping(core, desk);
  const moderation = createModeration(core, name);

  function delivered(entry: LogEntry): void {
    view.change();
    if (isMessage(entry)) {
      members.stoppedTyping(entry.from);
      emitter.emit('message', entry);
    }
    changed();
  }

  const refuseSend = (text: string): ChatError | undefined => {
    const problem = problemWithText(text);
    if (problem !== undefined) return new ChatError('badField', problem);
    if (core.hasSpace()) return core.closedBy();
    return new ChatError(
      'outboxFull',
      'Too many messages wait to be sent: try again later, or discard some.',
    );
  };

  const room: Room = {
    name,
    get snapshot() {
      return view.snapshot();
    },
    join() {
      const reason = core.closedBy();
      if (reason) return Promise.reject(reason);
      const entered = entrance.ask();
      settle();
      if (desk.link()) entrance.open();
      return entered;
    },
    leave() {
      entrance.close(new ChatError('notJoined', 'The room was left.'));
      settle();
    },
    send(text) {
      const unified = text.replace(/\r\n?/g, '\n');
      const refusal = refuseSend(unified);
      if (refusal) return Promise.reject(refusal);
      typing.sent();
      return sends.add(unified);
    },
    retry: sends.retry,
    discard: sends.discard,
    loadOlder,
    typing: typing.tell,
    ...moderation,
    on: emitter.on,
  };

  return {
    room,
    cursorOn: (link) => (membership.isJoined(link) ? feed.position().cursor : undefined),
    pushed: (message) =>
      hear(message, {
        feed,
        sends,
        members,
        self: core.user()?.id,
        putOut: () => core.links().forEach(membership.evicted),
      }),
    behind: feed.reaches,
    evicted: membership.evicted,
    logIs: feed.logIs,
    linksChanged() {
      membership.settle();
      goOn();
    },
    outboxOpened: sends.opened,
    restore: sends.restore,
    userChanged: () => sends.strand((record) => record.user !== core.user()?.id),
    sendCount: sends.count,
    close(reason) {
      entrance.close(reason);
      members.clear();
      feed.close();
      sends.close(reason);
      changed();
    },
  };
}
