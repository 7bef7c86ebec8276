import { handleSendMessage } from '../../../lib/actions/routes';
import type { Ack } from '../../../lib/protocol';
import { HOUR, NOW, range } from '../../unit/harness';
import {
  ask,
  container,
  fillLog,
  headOf,
  holdMessages,
  LONGEST_TEXT,
  open,
  opened,
  openRested,
  type Price,
  passSweep,
  ROWS,
  reaction,
  requester,
  reviewWith,
  send,
  stage,
} from './scene';

export const CHANGES: readonly Price[] = [
  {
    frame: '`sendMessage` answered `behind`, `after` 0',
    entry: 'sendMessage',
    reply: { code: 'behind' },
    async prepare() {
      const who = await open('member-1', undefined, ['full']);
      return () => ask(who, send(0));
    },
  },
  {
    frame: '`sendMessage` answered `behind`, 400 of the longest messages missed',
    entry: 'sendMessage',
    reply: { code: 'behind' },
    async prepare() {
      const who = await open('member-2', undefined, ['full']);
      return () => ask(who, send(ROWS - 400));
    },
  },
  {
    frame: '`sendMessage` that 140 of the longest messages overtake, of which it reads 3 MB and a part',
    entry: 'sendMessage',
    reply: { code: 'behind' },
    async prepare() {
      const who = await open('member-19', undefined, ['overtaken']);
      const context = container();
      const { log } = opened.stores;
      const put: typeof log.put = async (...asked) => {
        await fillLog('overtaken', 1, 140);
        return log.put(...asked);
      };
      const frame = JSON.stringify({ ...send(0, 'hello', 'overtaken-id'), room: 'overtaken' });
      return () => handleSendMessage({ ...context, log: { ...context.log, put } }, who, frame);
    },
  },
  {
    frame: '`sendMessage` of the longest text',
    entry: 'sendMessage',
    reply: { type: 'ack' },
    async prepare() {
      const who = await open('member-3', undefined, ['full']);
      const { head } = await headOf(who);
      return () => ask(who, send(head, LONGEST_TEXT, 'longest-id'));
    },
  },
  {
    frame: '`sendMessage` of the longest text that mentions 20 users who have 40 mentions there',
    entry: 'sendMessage',
    reply: { type: 'ack' },
    async prepare() {
      const mentions = range(1, 20).map((n) => `mentioned-${n}`);
      for (const user of mentions) {
        await opened.stores.follows.add(user, { room: 'full', since: NOW }, 500, NOW);
        for (const seq of range(1, 40)) await opened.stores.mentions.add(user, 'full', seq, NOW);
      }
      const who = await open('member-20', undefined, ['full']);
      const { head } = await headOf(who);
      return () => ask(who, { ...send(head, LONGEST_TEXT, 'mention-id'), mentions });
    },
  },
  {
    frame: "`editMessage` of another user's message, refused after the message was read",
    entry: 'editMessage',
    reply: { code: 'forbidden' },
    async prepare() {
      const who = await open('member-8', undefined, ['full']);
      const { head } = await headOf(who);
      return () => ask(who, { ...send(head, 'new', 'edit-no1'), action: 'editMessage', of: 1 });
    },
  },
  {
    frame: '`editMessage` of the longest text by another of this length',
    entry: 'editMessage',
    reply: { type: 'ack' },
    async prepare() {
      const who = await open('member-6', undefined, ['full']);
      const { head } = await headOf(who);
      await ask(who, send(head, LONGEST_TEXT, 'edited-id'));
      return () =>
        ask(who, { ...send(head + 1, LONGEST_TEXT, 'edit-id1'), action: 'editMessage', of: head + 1 });
    },
  },
  {
    frame: '`editMessage` of the longest text, with the longest search and the most expiries',
    entry: 'editMessage',
    reply: { type: 'ack' },
    async prepare() {
      const who = await open('member-18', { id: 'ed', name: 'Ed' }, ['full']);
      const { head } = await headOf(who);
      const of = 16 * Math.ceil((head + 40) / 16) - 1;
      await fillLog('full', head + 1, of - 39);
      // Eight of the longest would be too much to go on to the next thirty.
      await fillLog('full', of - 38, of - 31, { text: 'hello' });
      await fillLog('full', of - 30, of - 1);
      await ask(who, send(of - 1, LONGEST_TEXT, 'swept-id'));
      const edit = { ...send(of - 38, LONGEST_TEXT, 'swept-edit'), of, action: 'editMessage' };
      return () => ask(who, edit);
    },
  },
  {
    frame: '`editMessage` of a short text in a room of 500',
    entry: 'editMessage',
    reply: { type: 'ack' },
    async prepare() {
      await passSweep('hall', { text: 'hello' });
      const who = await open('member-14', undefined, ['hall']);
      const sent = await ask(who, { ...send(0, 'hello', 'short-one'), room: 'hall' });
      const of = (sent as Ack).seq;
      const edit = { ...send(of, 'hallo', 'short-edit'), room: 'hall', action: 'editMessage', of };
      return () => ask(who, edit);
    },
  },
  {
    frame: '`react`, the first to a short text in a room of 500',
    entry: 'react',
    reply: { type: 'ok' },
    async prepare() {
      await passSweep('hall', { text: 'hello' });
      const who = await open('member-15', undefined, ['hall']);
      const sent = await ask(who, { ...send(0, 'hello', 'short-two'), room: 'hall' });
      return () => ask(who, reaction((sent as Ack).seq, { room: 'hall' }));
    },
  },
  {
    frame: '`deleteMessage` of the longest text',
    entry: 'deleteMessage',
    reply: { type: 'ack' },
    async prepare() {
      const who = await open('member-7', undefined, ['full']);
      const { head } = await headOf(who);
      await ask(who, send(head, LONGEST_TEXT, 'deleted-id'));
      const { text: _, ...frame } = send(head + 1, '', 'deletion');
      return () => ask(who, { ...frame, action: 'deleteMessage', of: head + 1 });
    },
  },
  {
    frame: '`react` to a deleted message',
    entry: 'react',
    reply: { code: 'gone' },
    async prepare() {
      const who = await open('member-11', undefined, ['full']);
      const { head } = await headOf(who);
      await ask(who, send(head, LONGEST_TEXT, 'deleted-too'));
      const { text: _, ...frame } = send(head + 1, '', 'deletion-2');
      await ask(who, { ...frame, action: 'deleteMessage', of: head + 1 });
      return () => ask(who, reaction(head + 1));
    },
  },
  {
    frame: '`react`, the first to the longest message',
    entry: 'react',
    reply: { type: 'ok' },
    async prepare() {
      const who = await open('member-12', undefined, ['stage']);
      await stage(1, 'stage');
      return () => ask(who, reaction(1, { room: 'stage' }));
    },
  },
  {
    frame: "`react` of one user, while another's waits",
    entry: 'react',
    reply: { type: 'ok' },
    async prepare() {
      const who = await open('member-13', undefined, ['stage']);
      await stage(10, 'stage');
      await ask(who, reaction(10, { room: 'stage' }));
      await opened.stores.reactions.count('stage', 10, NOW);
      return () => ask(who, reaction(10, { room: 'stage', v: 2, on: false }));
    },
  },
  {
    frame: '`sendMessage` in a room of 500',
    entry: 'sendMessage',
    reply: { type: 'ack' },
    async prepare() {
      await passSweep('hall', { text: 'hello' });
      const who = await open('speaker-1', { id: 'speaker', name: 'Speaker' }, ['hall']);
      return () => ask(who, { ...send(0), room: 'hall' });
    },
  },
  {
    frame: '`sendMessage` in a room of 500, after a pause',
    entry: 'sendMessage',
    reply: { type: 'ack' },
    async prepare() {
      await passSweep('hall', { text: 'hello' });
      const who = await openRested(requester('speaker-3', { id: 'rested', name: 'Rested' }), ['hall']);
      return () => ask(who, { ...send(0), room: 'hall' });
    },
  },
  {
    frame: '`sendMessage` in slow mode, where another user is muted',
    entry: 'sendMessage',
    reply: { type: 'ack' },
    async prepare() {
      const who = await open('slow-1', { id: 'slow', name: 'Slow' }, ['slow-room']);
      await opened.stores.roomSettings.change('slow-room', { slow: 30 });
      await opened.stores.roomSettings.noteMute('slow-room', NOW + HOUR);
      return () => ask({ ...who, permissions: '*:rw' }, { ...send(0), room: 'slow-room' });
    },
  },
  {
    frame: '`sendMessage` of the longest text in a room of 500, the largest without `fanOut`',
    entry: 'sendMessage',
    reply: { type: 'ack' },
    async prepare() {
      const members = range(1, 499).map((n) => ({
        ...requester(`seat-${n}`.padEnd(16, '=')),
        room: 'theatre',
      }));
      for (let i = 0; i < members.length; i += 50)
        await Promise.all(members.slice(i, i + 50).map((member) => opened.stores.members.add(member)));
      const who = await open('speaker-2', { id: 'speaker', name: 'Speaker' }, ['theatre']);
      return () => ask(who, { ...send(0, LONGEST_TEXT, 'to-theatre'), room: 'theatre' });
    },
  },
  {
    frame: '`sendMessage` of the longest text, reviewed and replaced',
    entry: 'sendMessage',
    reply: { type: 'ack' },
    async prepare() {
      const who = await open('member-17', undefined, ['full']);
      const { head } = await headOf(who);
      const replaced = `${LONGEST_TEXT.slice(2)}*`;
      const context = {
        ...container(),
        review: reviewWith({ verdict: 'replace', text: replaced }),
      };
      const frame = JSON.stringify(send(head, LONGEST_TEXT, 'reviewed-id'));
      return () => handleSendMessage(context, who, frame);
    },
  },
  {
    frame: '`sendMessage` of the longest text, held, of a user with 9 held messages',
    entry: 'sendMessage',
    reply: { code: 'held' },
    async prepare() {
      const who = await open('held-author-1', { id: 'held-author', name: 'Held' }, ['full']);
      const context = { ...container(), review: reviewWith({ verdict: 'hold' }) };
      await holdMessages('full', 9, who.user);
      const { head } = await headOf(who);
      const frame = JSON.stringify(send(head, LONGEST_TEXT, 'held-aside'));
      return () => handleSendMessage(context, who, frame);
    },
  },
];
