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
import { createSends } from './sends';
import { createTyping } from './typing';
import { createView } from './view';

/** A room, and what the chat tells it. */
export interface RoomParts {
  room: Room;
  /** The cursor, if the room is joined on this link. */
  cursorOn(link: Link): number | undefined;
  isSettled(link: Link): boolean;
  pushed(message: ServerMessage): void;
  behind(head: number): void;
  evicted(link: Link): void;
  logIs(log: string): void;
  /** There is another link, or the current one is another. */
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
  const view = createView(() => ({ name, entrance, feed, members, sends, isJoined }));
  const isJoined = (): boolean => desk.link() !== undefined;

  const changed = (): void => {
    view.change();
    emitter.emit('change');
  };

  const desk: Desk = {
    name,
    link() {
      const link = core.current();
      return link && membership.isJoined(link) ? link : undefined;
    },
    evicted: (link) => membership.evicted(link),
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
    changed() {
      membership.settle();
      changed();
    },
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
    refused(failure) {
      const error = new ChatError(failure.code, failure.message);
      entrance.close(error, true);
      sends.refuse(error);
      changed();
    },
    changed() {
      changed();
      if (!desk.link()) return;
      entrance.open();
      feed.resume();
      sends.pump();
    },
  });
  const history = createHistory(core, desk, feed.timeline, {
    met: (message) => sends.met(message),
    changed,
  });
  const tellTyping = createTyping(core, desk);

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
      membership.settle();
      if (desk.link()) entrance.open();
      changed();
      return entered;
    },
    leave() {
      entrance.close(new ChatError('notJoined', 'The room was left.'));
      membership.settle();
      changed();
    },
    send(text) {
      const unified = text.replace(/\r\n?/g, '\n');
      const refusal = refuseSend(unified);
      return refusal ? Promise.reject(refusal) : sends.add(unified);
    },
    retry: sends.retry,
    discard: sends.discard,
    loadOlder: history.loadOlder,
    typing: tellTyping,
    on: emitter.on,
  };

  const isOther = (userId: string): boolean => userId !== core.user()?.id;

  return {
    room,
    cursorOn: (link) => (membership.isJoined(link) ? feed.position().cursor : undefined),
    isSettled: membership.isSettled,
    pushed(message) {
      switch (message.type) {
        case 'message':
        case 'unknown':
          return feed.entry(strip(message));
        case 'ack':
          return sends.late(message) ? undefined : feed.reaches(message.seq);
        case 'memberJoined':
          return members.came(message.member);
        case 'memberLeft':
          return isOther(message.member.id) ? members.left(message.member) : undefined;
        case 'typing':
          return isOther(message.from.id) ? members.typed(message.from) : undefined;
        default:
        // A reply whose request was given up: whatever it tells will be asked again.
      }
    },
    behind: feed.reaches,
    evicted: membership.evicted,
    logIs: feed.logIs,
    linksChanged() {
      membership.settle();
      changed();
      if (!desk.link()) return;
      entrance.open();
      feed.resume();
      sends.pump();
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

/** Takes the room's name off an entry that came by itself. */
function strip(message: LogEntry & { room: string }): LogEntry {
  const { room: _, ...entry } = message;
  return entry;
}
