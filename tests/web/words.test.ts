import { ChatError, type ChatState } from '../../client';
import { charactersLeft, readyToSend } from '../../web/pure/compose';
import { noticeOf } from '../../web/pure/connection';
import { dayName, dayOf, momentOf } from '../../web/pure/days';
import { cutText } from '../../web/pure/graphemes';
import { linkTo, roomAsTyped, roomInHash } from '../../web/pure/hashLinks';
import { HUES, hueOf, idsFor, initialsOf, marksOf } from '../../web/pure/people';
import { badge, lastOf, titleOf, unreadIn } from '../../web/pure/unread';

describe('days', () => {
  const now = new Date(2026, 2, 29, 23, 30).getTime();

  it.each([
    ['Today', new Date(2026, 2, 29, 0, 0)],
    ['Yesterday', new Date(2026, 2, 28, 23, 59)],
    ['Friday, March 27', new Date(2026, 2, 27, 12)],
    ['December 31, 2025', new Date(2025, 11, 31, 12)],
  ])('names one %s', (name, date) => {
    expect(dayName(date.getTime(), now)).toBe(name);
  });

  it('are numbered one after the other, also where one has 23 or 25 hours', () => {
    for (let day = 1; day < 366; day += 1)
      expect(
        dayOf(new Date(2026, 0, day + 1).getTime()) - dayOf(new Date(2026, 0, day, 23, 59).getTime()),
      ).toBe(1);
  });
});

describe('people', () => {
  it.each([
    ['Ann', 'A'],
    ['Ben Okafor', 'BO'],
    ['ada king lovelace', 'AL'],
    ['jean-luc', 'JL'],
    ['戴', '戴'],
    ['نور', 'ن'],
    ['👩‍🚀 Eve', '👩‍🚀E'],
    ['***', '?'],
  ])('have initials: %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it.each([
    ['the same name', ['Ann', 'Ann'], ['r-01', 'r-02']],
    ['another case, width and style', ['Ann', 'ａｎｎ', '𝐀𝐧𝐧'], ['r-01', 'r-02', 'r-03']],
    ['an invisible character and another blank', ['Ann B', 'An\u200bn\u00a0 B'], ['r-01', 'r-02']],
    ['names of their own', ['Ann', 'Bo'], []],
  ])('with %s are told apart', (_what, names, marks) => {
    const users = names.map((name, i) => ({ id: `user-0${i + 1}`, name }));

    expect([...marksOf([...users, ...users]).values()]).toEqual(marks);
  });

  it('have a colour that depends on nothing but who they are, and all colours are used', () => {
    const hues = Array.from({ length: 600 }, (_, at) => hueOf(`guest:${at}`));

    expect(hueOf('guest:7')).toBe(hues[7]);
    expect(new Set(hues)).toEqual(new Set(Array.from({ length: HUES }, (_, at) => at)));
  });
});

describe('rooms', () => {
  it.each([
    ['#design', 'design'],
    ['#Design', 'design'],
    ['#a%2Eb', 'a.b'],
    ['', undefined],
    ['#', undefined],
    ['#no way', undefined],
    ['#%', undefined],
  ])('are read from a link: %s', (hash, room) => {
    expect(roomInHash(hash)).toBe(room);
  });

  it.each([
    [' #General ', 'general'],
    ['Team Lunch', 'team-lunch'],
    ['ünï', undefined],
    ['', undefined],
  ])('are read as typed: %p', (typed, room) => {
    expect(roomAsTyped(typed)).toBe(room);
  });

  it('have a link', () => {
    expect(linkTo('design', 'https://chat.example/#lobby')).toBe('https://chat.example/#design');
  });
});

describe('unread messages', () => {
  const by = (id: string, seq: number) =>
    ({ type: 'message', seq, id: `message-${seq}`, text: '', from: { id, name: id }, at: 0 }) as const;
  const messages = [by('ann', 1), by('me', 2), by('ann', 3), by('ben', 4), by('me', 5)];

  it.each([
    [undefined, 0],
    [0, 3],
    [1, 2],
    [3, 1],
    [5, 0],
  ])("above %p are counted without one's own: %i", (readUpTo, count) => {
    expect(unreadIn(messages, readUpTo, 'me')).toBe(count);
  });

  it('are in the title', () => {
    expect(titleOf(0, 0, { sign: '#', text: 'lobby' })).toBe('#lobby · edge-chat');
    expect(titleOf(3, 0, { sign: '#', text: 'lobby' })).toBe('(3) #lobby · edge-chat');
    expect(titleOf(100, 10, { sign: '#', text: 'lobby' })).toBe('(@9+ · 99+) #lobby · edge-chat');
    expect(titleOf(0, 0, { sign: '@', text: '\u202eAnn' })).toBe('@\u2068\u202eAnn\u2069 · edge-chat');
    expect(badge(100)).toBe('99+');
  });
});

describe('the box to write in', () => {
  it.each([
    ['short', undefined],
    ['x'.repeat(3799), undefined],
    ['x'.repeat(3800), '200 characters left'],
    ['x'.repeat(4000), '0 characters left'],
    ['x'.repeat(4001), '1 character too many'],
    ['😀'.repeat(3990), '10 characters left'],
  ])('counts once it matters', (text, label) => {
    expect(charactersLeft(text)?.label).toBe(label);
  });

  it.each([
    ['a\r\nb', 'a\nb'],
    ['\n\n  a  \n', '  a'],
    ['a\u0007b\tc', 'ab\tc'],
    ['   ', ''],
  ])('makes %p fit to send', (text, ready) => {
    expect(readyToSend(text)).toBe(ready);
  });
});

describe('the banner', () => {
  const lost: ChatState = { kind: 'connecting', reason: 'closed', retryAt: 5000 };

  it.each<[string, ChatState, boolean, string | undefined, string | undefined]>([
    ['is not there while all is well', { kind: 'connected' }, true, undefined, undefined],
    ['says that it connects', { kind: 'connecting' }, true, 'Connecting…', undefined],
    ['counts down', lost, true, 'The connection was lost. Trying again in 4 s.', 'tryNow'],
    [
      'says that it tries',
      { kind: 'connecting', reason: 'noAnswer' },
      true,
      'The server does not answer. Connecting again…',
      'tryNow',
    ],
    [
      'says until when the user is banned',
      { kind: 'connecting', reason: 'banned', retryAt: 5000, until: new Date(2026, 11, 3, 14, 5).getTime() },
      true,
      `You are banned from this chat until ${momentOf(new Date(2026, 11, 3, 14, 5).getTime())}.`,
      undefined,
    ],
    [
      'says what a tab too many can do',
      { kind: 'connecting', reason: 'tooManyConnections', retryAt: 5000 },
      true,
      'This chat is open in too many tabs or devices: close one. Trying again in 4 s.',
      'tryNow',
    ],
    [
      'says that the device is offline',
      lost,
      false,
      'You are offline. What you write is sent once you are back.',
      'tryNow',
    ],
    [
      'passes on why nobody is let in',
      {
        kind: 'disconnected',
        reason: 'unauthorized',
        error: new ChatError('unauthorized', 'Guests are off.'),
      },
      true,
      'Guests are off.',
      'joinAgain',
    ],
    [
      'says that it is closed',
      { kind: 'disconnected', reason: 'closed' },
      true,
      'You are not connected.',
      'tryNow',
    ],
  ])('%s', (_name, state, isOnline, text, offer) => {
    const notice = noticeOf(state, isOnline, 1500);

    expect(notice?.text).toBe(text);
    expect(notice?.offer).toBe(offer);
  });
});

describe('a text that is cut', () => {
  const family = '👨‍👩‍👧‍👦';

  it.each([
    ['stays whole if it fits', 'abc', 'abc'],
    ['ends between two characters', 'abcdefghijk', 'abcdefghij'],
    ['keeps no part of a family', `abc${family}`, 'abc'],
    ['keeps no half of a flag', 'abcdefgh🇩🇪', 'abcdefgh'],
    ['keeps accents with their letter', `abcdefghi\u0065\u0301`, 'abcdefghi'],
    ['shows the start of a character that fits no line', `a${'\u0301'.repeat(40)}`, `a${'\u0301'.repeat(9)}`],
  ])('%s', (_name, text, cut) => {
    expect(cutText(text, 10)).toBe(cut);
  });

  it('is the preview of a room', () => {
    const from = { id: 'ben', name: 'Ben' };
    const message = { type: 'message', seq: 1, id: 'message-1', text: 'hello', from, at: 0 } as const;

    expect(lastOf([message], 'ann')).toEqual({ author: 'Ben', text: 'hello' });
    expect(lastOf([message], 'ben')).toEqual({ author: 'You', text: 'hello' });
  });
});

describe('a user as typed', () => {
  const users = [
    { id: 'guest:1', name: 'Ann' },
    { id: 'guest:2', name: 'ＡＮＮ' },
    { id: 'guest:3', name: 'Ben' },
    { id: 'guest:3', name: 'Ben' },
    { id: 'Ben', name: 'Mallory' },
  ];

  it.each([
    ['an id, before any name', ' Ben ', ['Ben']],
    ['a name of one user', 'ben', ['guest:3']],
    ['a name that looks like that of another user', 'Ann', ['guest:1', 'guest:2']],
    ['an id of a user that the page does not know', 'guest:9', ['guest:9']],
  ])('is %s', (_name, typed, ids) => {
    expect(idsFor(typed, users)).toEqual(ids);
  });
});
