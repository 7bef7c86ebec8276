import fc from 'fast-check';
import {
  LIMITS,
  parseName,
  parseRoom,
  parseServerFrame,
  parseText,
  problemWithText,
} from '../../lib/protocol';
import { byteLength } from '../../lib/protocol/byteLength';
import { parseClientFrame } from '../../lib/protocol/parseClientFrame';

const send = { action: 'sendMessage', room: 'den', id: 'id-01234', text: 'hello', after: 0 };
const joinRoom = { action: 'joinRoom', room: 'den' };
const getHistory = { action: 'getHistory', room: 'den' };
const ping = { action: 'ping', rooms: { den: 7 } };
const wave = { action: 'signal', room: 'den', name: 'wave' };
const draft = { action: 'draft', room: 'den', of: 3, generation: 1, offset: 0 };

/** Characters that leave nothing on the screen. */
const INVISIBLE = [
  '\u200d',
  '\u200b',
  '\u2800',
  '\u{e0041}',
  '\u3164',
  '\u00ad',
  '\u034f',
  '\ufe0f',
  '\u00a0 \u3000',
];

const parse = (value: unknown) => parseClientFrame(JSON.stringify(value));

const without = (value: object, key: string) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

const roomsOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`room-${i}`, i]));

/** A frame of exactly so many bytes. */
const frameOf = (bytes: number) => {
  const frame = JSON.stringify({ ...send, x: '' });
  return frame.replace('"x":""', `"x":"${'x'.repeat(bytes - byteLength(frame))}"`);
};

describe('a client’s frame is read as it stands', () => {
  it.each<[string, object]>([
    ['a send', send],
    ['a send with everything', { ...send, ref: 'r1' }],
    ['a send after the highest seq', { ...send, after: Number.MAX_SAFE_INTEGER - 1 }],
    ['a text of one character', { ...send, text: 'x' }],
    ['a text of 4,000 letters', { ...send, text: 'x'.repeat(4000) }],
    ['a text of 4,000 characters outside the plane', { ...send, text: '🦄'.repeat(4000) }],
    ['a text of lines and columns', { ...send, text: 'a\n\tb' }],
    ['a text of any script, and markup', { ...send, text: '<b>日本</b> עברית \u2028 👩‍👩‍👧 "quoted" \\' }],
    ['a text of one visible character', { ...send, text: ' \u200b.\u2800' }],
    [
      'a send of a form',
      { ...send, kind: 'poll.2', data: { a: [1, { b: null }] }, mentions: ['bob', 'ann'] },
    ],
    ['a reply', { ...send, replyTo: 3, after: 3 }],
    ['data of 4,096 bytes', { ...send, data: { a: 'x'.repeat(4_088) } }],
    ['twenty mentions', { ...send, mentions: Array.from({ length: 20 }, (_, i) => `user-${i}`) }],
    [
      'an edit',
      { action: 'editMessage', room: 'den', of: 1, id: 'id-01234', text: 'new', after: 1, data: {} },
    ],
    ['a deletion', { action: 'deleteMessage', room: 'den', of: 1, id: 'id-01234', after: 1 }],
    ['a room of one character', { ...joinRoom, room: '0' }],
    ['a room of 64 characters', { ...joinRoom, room: 'a'.repeat(64) }],
    ['a room of all characters there are', { ...joinRoom, room: 'a.b_c-9' }],
    ['an id of 8 characters', { ...send, id: 'aZ09_-__' }],
    ['an id of 64 characters', { ...send, id: 'i'.repeat(64) }],
    ['a join', joinRoom],
    ['a join from a cursor', { ...joinRoom, after: 0 }],
    ['a leave', { action: 'leaveRoom', room: 'den' }],
    ['a page of history', getHistory],
    ['a page before a seq', { ...getHistory, before: 5, limit: 1 }],
    ['a page after a seq', { ...getHistory, after: 5, limit: 100 }],
    ['a page around a seq', { ...getHistory, around: 5 }],
    ['a page at a time', { ...getHistory, at: 1_767_222_000_000 }],
    ['typing', { action: 'typing', room: 'den', ref: '~'.repeat(32) }],
    ['a signal', { action: 'signal', room: 'den', name: 'cursor.moved' }],
    [
      'a signal with data of 1,024 bytes',
      { action: 'signal', room: 'den', name: 'x', data: { a: 'x'.repeat(1_016) } },
    ],
    ['the blank part of a draft', { ...draft, text: ' ' }],
    ['the end of a draft', draft],
    ['what is being written', { action: 'getDraft', room: 'den', of: 3, user: 'bot' }],
    ['a ping', ping],
    ['a ping of no room', { action: 'ping', rooms: {} }],
    ['a ping of 50 rooms', { action: 'ping', rooms: roomsOf(50) }],
  ])('%s', (_name, message) => {
    expect(parse(message)).toEqual({ ok: true, message });
  });

  it('up to 24 KB, of which one field too many is told', () => {
    expect(parseClientFrame(frameOf(LIMITS.clientFrameBytes))).toMatchObject({
      failure: { code: 'badField', message: '"x" is not a field of this action.' },
    });
  });

  it('with white space and escapes as JSON has them', () => {
    const frame = '\n {"action" : "leaveRoom",\t"room":"d\\u0065n"} ';

    expect(parseClientFrame(frame)).toEqual({ ok: true, message: { action: 'leaveRoom', room: 'den' } });
  });

  it('into a new object with nothing but its fields', () => {
    const read = parseClientFrame('{"action":"ping","rooms":{"constructor":1,"den":2}}');

    expect(read.ok && read.message).toEqual({ action: 'ping', rooms: { constructor: 1, den: 2 } });
    expect(read.ok && read.message.action === 'ping' && Object.getPrototypeOf(read.message.rooms)).toBeNull();
  });
});

describe('a client’s frame is refused', () => {
  it.each<[string, object, string]>([
    ['a kind of the operator', { ...send, kind: 'sys.alert' }, 'kind'],
    ['a kind of no character', { ...send, kind: '' }, 'kind'],
    ['a kind in capitals', { ...send, kind: 'Poll' }, 'kind'],
    ['data that is a list', { ...send, data: [] }, 'data'],
    ['data of 4,097 bytes', { ...send, data: { a: 'x'.repeat(4_089) } }, 'data'],
    ['a reply to what its client does not know', { ...send, replyTo: 1 }, 'replyTo'],
    ['a reply to nothing', { ...send, replyTo: 0 }, 'replyTo'],
    ['no mention', { ...send, mentions: [] }, 'mentions'],
    ['a user twice', { ...send, mentions: ['bob', 'bob'] }, 'mentions'],
    ['21 mentions', { ...send, mentions: Array.from({ length: 21 }, (_, i) => `user-${i}`) }, 'mentions'],
    ['a mention of no user', { ...send, mentions: ['b o b'] }, 'mentions'],
    ['a signal with no name', { ...wave, name: undefined }, 'name'],
    ['a signal with a name in capitals', { ...wave, name: 'Wave' }, 'name'],
    ['a signal with a name of 33 characters', { ...wave, name: 'x'.repeat(33) }, 'name'],
    ['a signal with data of 1,025 bytes', { ...wave, data: { a: 'x'.repeat(1_017) } }, 'data'],
    ['a signal with data that is a text', { ...wave, data: 'x' }, 'data'],
    ['a draft with an empty part', { ...draft, text: '' }, 'text'],
    ['a draft with a part with a control character', { ...draft, text: 'a\u0007' }, 'text'],
    ['a draft with half a character', { ...draft, text: '\ud83d' }, 'text'],
    ['a draft with 4,001 characters', { ...draft, text: 'x'.repeat(4_001) }, 'text'],
    ['a draft with an offset above 4,000', { ...draft, offset: 4_001 }, 'offset'],
    ['a draft with no generation', { ...draft, generation: 0 }, 'generation'],
    ['a draft with an answer to nothing', { ...draft, of: 0 }, 'of'],
  ])('for %s', (_name, frame, field) => {
    const failure = { code: 'badField', message: expect.stringContaining(`"${field}"`) };
    expect(parse(frame)).toMatchObject({ ok: false, failure });
  });

  it('for a number in data that JSON cannot keep', () => {
    const frame = JSON.stringify({ ...send, data: { a: 1 } }).replace('"a":1', '"a":1e999');
    expect(parseClientFrame(frame)).toMatchObject({ failure: { code: 'badField' } });
  });

  it.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['no JSON', 'hello'],
    ['half of it', '{"action":"ping"'],
    ['more than one', '{"action":"ping","rooms":{}}{}'],
    ['null', 'null'],
    ['a number', '7'],
    ['a text', '"ping"'],
    ['a list', '["ping"]'],
    ['a lone zero byte', '\0'],
  ])('when it is %s', (_name, frame) => {
    expect(parseClientFrame(frame)).toEqual({
      ok: false,
      failure: { type: 'error', code: 'badFrame', message: 'The frame must be one JSON object.' },
    });
  });

  it.each([
    ['one byte too long', frameOf(LIMITS.clientFrameBytes + 1)],
    ['too long in bytes, not in characters', JSON.stringify({ ...send, x: 'é'.repeat(12_288) })],
    ['a megabyte of brackets', '['.repeat(1_000_000)],
  ])('when it is %s', (_name, frame) => {
    expect(parseClientFrame(frame)).toEqual({
      ok: false,
      failure: { type: 'error', code: 'tooLarge', message: 'The frame must be at most 24576 bytes.' },
    });
  });

  it.each<[string, object]>([
    ['no action', without(ping, 'action')],
    ['an action that is not there', { ...ping, action: 'publish' }],
    ['an action in capitals', { ...ping, action: 'Ping' }],
    ['an action of every object', { action: 'constructor' }],
    ['an action that is a route', { action: '$connect' }],
    ['a list of actions', { ...ping, action: ['ping'] }],
  ])('for %s', (_name, value) => {
    expect(parse(value)).toMatchObject({ ok: false, failure: { type: 'error', code: 'unknownAction' } });
  });

  const textRule =
    '"text" must be 1 to 4000 characters, at least one of them visible, without control characters other than newline and tab, and without lone surrogates.';
  const roomRule =
    '"room" must be 1 to 64 characters of a-z, 0-9, ".", "_" and "-", beginning with a letter or digit.';
  const idRule = '"id" must be 8 to 64 characters of A-Z, a-z, 0-9, "_" and "-".';
  const seqRule = (name: string) => `"${name}" must be a whole number, 0 or more.`;
  const roomsRule = '"rooms" must be an object from room to the last seq held there, at most 50 rooms.';
  const refRule = '"ref" must be 1 to 32 printable ASCII characters.';
  const limitRule = '"limit" must be a whole number from 1 to 100.';

  it.each<[string, object, string]>([
    ...['room', 'id', 'text', 'after'].map((key): [string, object, string] => [
      `a send without ${key}`,
      without(send, key),
      key === 'room' ? roomRule : key === 'id' ? idRule : key === 'text' ? textRule : seqRule('after'),
    ]),
    ['an empty text', { ...send, text: '' }, textRule],
    ['a text of 4,001 letters', { ...send, text: 'x'.repeat(4001) }, textRule],
    ['a text of 4,001 characters outside the plane', { ...send, text: '🦄'.repeat(4001) }, textRule],
    ['a text of 8,001 letters', { ...send, text: 'x'.repeat(8001) }, textRule],
    ['a text with a carriage return', { ...send, text: 'a\r\nb' }, textRule],
    ['a text with a zero', { ...send, text: 'a\0b' }, textRule],
    ['a text with an escape', { ...send, text: '\x1b[31m' }, textRule],
    ['a text with a delete', { ...send, text: '\x7f' }, textRule],
    ['a text with a C1 control', { ...send, text: '\x9b31m' }, textRule],
    ['a text with half a character', { ...send, text: 'a\ud83e' }, textRule],
    ['a text with the other half', { ...send, text: '\udd84a' }, textRule],
    ['a text with both halves the wrong way round', { ...send, text: '\udd84\ud83e' }, textRule],
    ['a text that is a number', { ...send, text: 7 }, textRule],
    ['a text that is null', { ...send, text: null }, textRule],
    ['a text that is a list', { ...send, text: ['hello'] }, textRule],
    ['an empty room', { ...joinRoom, room: '' }, roomRule],
    ['a room of 65 characters', { ...joinRoom, room: 'a'.repeat(65) }, roomRule],
    ...INVISIBLE.map((text): [string, object, string] => [
      `a text of ${escape(text)} only`,
      { ...send, text },
      textRule,
    ]),
    ['a room in capitals', { ...joinRoom, room: 'Den' }, roomRule],
    ['a room with a hash', { ...joinRoom, room: 'a#b' }, roomRule],
    ['a room with a slash', { ...joinRoom, room: 'a/b' }, roomRule],
    ['a room with a line break at its end', { ...joinRoom, room: 'den\n' }, roomRule],
    ['a room that begins with a dot', { ...joinRoom, room: '.den' }, roomRule],
    ['a room that looks like another', { ...joinRoom, room: 'dеn' }, roomRule],
    ['an id of 7 characters', { ...send, id: 'id-0123' }, idRule],
    ['an id of 65 characters', { ...send, id: 'i'.repeat(65) }, idRule],
    ['an id with a space', { ...send, id: 'id 01234' }, idRule],
    ['an id with a line break at its end', { ...send, id: 'id-01234\n' }, idRule],
    ['an id that is a number', { ...send, id: 12345678 }, idRule],
    ['a seq below 0', { ...send, after: -1 }, seqRule('after')],
    ['a seq with a fraction', { ...send, after: 1.5 }, seqRule('after')],
    ['a seq as a text', { ...send, after: '1' }, seqRule('after')],
    ['a seq beyond all seqs', { ...send, after: Number.MAX_SAFE_INTEGER }, seqRule('after')],
    ['a seq of null', { ...joinRoom, after: null }, seqRule('after')],
    ['a limit of 0', { ...getHistory, limit: 0 }, limitRule],
    ['a limit of 101', { ...getHistory, limit: 101 }, limitRule],
    ['a bad "before"', { ...getHistory, before: 'x' }, seqRule('before')],
    [
      'both directions',
      { ...getHistory, before: 9, after: 2 },
      'Give one of "before", "after", "around" and "at".',
    ],
    ['an empty ref', { ...joinRoom, ref: '' }, refRule],
    ['a ref of 33 characters', { ...joinRoom, ref: 'r'.repeat(33) }, refRule],
    ['a ref with a line break', { ...joinRoom, ref: 'r\n' }, refRule],
    ['a ref that is a number', { ...joinRoom, ref: 1 }, refRule],
    ['a ping without rooms', { action: 'ping' }, roomsRule],
    ['a ping of a list', { action: 'ping', rooms: ['den'] }, roomsRule],
    ['a ping of null', { action: 'ping', rooms: null }, roomsRule],
    ['a ping of 51 rooms', { action: 'ping', rooms: roomsOf(51) }, roomsRule],
    ['a ping of a bad room', { action: 'ping', rooms: { Den: 1 } }, roomsRule],
    ['a ping of a bad cursor', { action: 'ping', rooms: { den: -1 } }, roomsRule],
    ['a ping of a cursor beyond all seqs', { action: 'ping', rooms: { den: 2 ** 53 - 1 } }, roomsRule],
    ['a field of another action', { ...joinRoom, text: 'x' }, '"text" is not a field of this action.'],
    ['who it is from', { ...send, from: { id: 'bob' } }, '"from" is not a field of this action.'],
    [
      'a field with a very long name',
      { ...joinRoom, ['k'.repeat(99)]: 1 },
      `"${'k'.repeat(32)}" is not a field of this action.`,
    ],
  ])('for %s', (_name, value, message) => {
    expect(parse(value)).toMatchObject({ ok: false, failure: { type: 'error', code: 'badField', message } });
  });

  it.each([
    '{"action":"joinRoom","room":"den","__proto__":{"polluted":1}}',
    '{"action":"joinRoom","room":"den","constructor":{"prototype":{"polluted":1}}}',
    '{"action":"joinRoom","__proto__":{"room":"den"}}',
    '{"action":"ping","rooms":{"__proto__":1}}',
    '{"action":"ping","rooms":{"den":1},"__proto__":null}',
    '{"__proto__":{"action":"ping","rooms":{}}}',
  ])('for reaching into every object: %s', (frame) => {
    expect(parseClientFrame(frame)).toMatchObject({ ok: false });
    expect({}).not.toHaveProperty('polluted');
  });

  it('with what names it, so far as that is well formed', () => {
    expect(parse({ ...send, text: '', ref: 'r1' })).toMatchObject({
      failure: { action: 'sendMessage', room: 'den', id: 'id-01234', ref: 'r1' },
    });

    const { failure } = { failure: undefined, ...parse({ action: 'x<y', room: 'No', id: 'no', ref: '\n' }) };
    expect(Object.keys(failure ?? {}).sort()).toEqual(['code', 'message', 'type']);
  });
});

describe('whatever a client sends', () => {
  it('is read without an exception', () => {
    const frame = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.object().map((value) => JSON.stringify({ action: 'ping', ...value })),
    );
    fc.assert(
      fc.property(frame, (each) => {
        const parsed = parseClientFrame(each);
        expect(JSON.stringify(parsed)).toBeDefined();
      }),
    );
  });
});

describe('a server’s frame', () => {
  const entry = {
    type: 'message',
    seq: 3,
    id: 'id-01234',
    text: 'hi',
    from: { id: 'bob', name: 'Bob' },
    at: 1,
  };
  const page = { room: 'den', messages: [entry], more: false };
  const pong = { type: 'pong', log: 'log-1', behind: { den: 9 }, notJoined: [], pingWithinMs: 9 };
  const joined = {
    ...page,
    type: 'joined',
    head: 3,
    log: 'log-1',
    members: [entry.from],
    memberCount: 1,
    can: ['send'],
  };

  it.each<[string, object]>([
    ['a message', { ...entry, room: 'den' }],
    ['an ack', { type: 'ack', room: 'den', id: 'id-01234', seq: 3, at: 1, duplicate: true }],
    ['a join', joined],
    ['a page', { ...page, type: 'history', truncated: true }],
    ['a pong', pong],
    ['an error', { type: 'error', code: 'badFrame', message: 'no' }],
    ['an error of a later version', { type: 'error', code: 'tooSoon', message: 'no', until: 5 }],
    ['what is ok', { type: 'ok', action: 'leaveRoom', room: 'den', ref: 'r1' }],
    ['who came', { type: 'memberJoined', room: 'den', member: { id: 'bob', name: 'Bob' } }],
    ['who left', { type: 'memberLeft', room: 'den', member: { id: 'bob', name: 'Bob' } }],
    ['who types', { type: 'typing', room: 'den', from: { id: 'bob', name: 'Bob' } }],
    ['a signal', { type: 'signal', room: 'den', name: 'wave', from: { id: 'bob', name: 'Bob' } }],
    [
      'a part of a draft',
      {
        ...{ type: 'draft', room: 'den', of: 3, generation: 1, offset: 0, text: 'so' },
        from: { id: 'bot', name: 'Bot' },
      },
    ],
    ['fields of a later version', { ...joined, topic: 'Tea' }],
  ])('is read: %s', (_name, message) => {
    expect(parseServerFrame(JSON.stringify(message))).toEqual(message);
  });

  it.each<[string, object]>([
    ['of a later version', { type: 'poll', seq: 4, room: 'den', question: '?' }],
    ['that is not what it says', { type: 'message', seq: 4, room: 'den', text: 7 }],
    ['without a sender', { ...entry, seq: 4, room: 'den', from: 'bob' }],
  ])('with an entry %s counts by its seq', (_name, message) => {
    expect(parseServerFrame(JSON.stringify(message))).toEqual({ type: 'unknown', seq: 4, room: 'den' });
  });

  it('with an entry of a later version within a page keeps it by its seq', () => {
    const history = { ...page, type: 'history', messages: [entry, { type: 'poll', seq: 4, at: 5 }] };

    expect(parseServerFrame(JSON.stringify(history))).toMatchObject({
      messages: [entry, { type: 'unknown', seq: 4 }],
    });
  });

  it.each<[string, unknown]>([
    ['no JSON', 'no'],
    ['a list', []],
    ['no type', { message: 'Internal server error', connectionId: 'x', requestId: 'y' }],
    ['a type of a later version without a seq', { type: 'poll', room: 'den' }],
    ['an entry without a room', entry],
    ['an entry with a bad seq', { ...entry, room: 'den', seq: -1 }],
    ['an ack without a seq', { type: 'ack', room: 'den', id: 'id-01234' }],
    ['an ack without an id', { type: 'ack', room: 'den', seq: 3 }],
    ['a page without messages', { type: 'history', room: 'den' }],
    ['a page of what are no entries', { ...page, type: 'history', messages: [null] }],
    ['a join without a head', without(joined, 'head')],
    ['a join without a log', without(joined, 'log')],
    ['a join with what are no users', { ...joined, members: ['bob'] }],
    ['a pong of a list', { ...pong, behind: [], notJoined: 7 }],
    ['a pong with a bad head', { ...pong, behind: { den: 'x' } }],
    ['a pong without a time', without(pong, 'pingWithinMs')],
    ['an error without a code', { type: 'error', message: 'no' }],
    ['nobody who came', { type: 'memberJoined', room: 'den' }],
    ['nobody who types', { type: 'typing', room: 'den', from: { id: 'bob' } }],
    ['a signal without a name', { type: 'signal', room: 'den', from: { id: 'bob', name: 'Bob' } }],
    [
      'a part of a draft by nobody',
      { type: 'draft', room: 'den', of: 3, generation: 1, offset: 0, text: 'so' },
    ],
    ['somebody who left nowhere', { type: 'memberLeft', member: { id: 'bob', name: 'Bob' } }],
  ])('is passed over: %s', (_name, value) => {
    expect(parseServerFrame(typeof value === 'string' ? value : JSON.stringify(value))).toBeUndefined();
  });

  it('never makes a client fall over', () => {
    const types = fc.constantFrom(
      'ack',
      'joined',
      'history',
      'pong',
      'error',
      'ok',
      'memberJoined',
      'typing',
      'message',
    );
    const frame = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.tuple(types, fc.object()).map(([type, value]) => JSON.stringify({ ...value, type })),
    );
    fc.assert(fc.property(frame, (each) => parseServerFrame(each) !== null));
  });
});

describe('what a person types', () => {
  it.each<[string, unknown, string | undefined]>([
    ['a name', 'Ann', 'Ann'],
    ['a name with spaces around it', '  Ann  ', 'Ann'],
    ['a name of 64 characters', '🦄'.repeat(64), '🦄'.repeat(64)],
    ['a name of 65 characters', 'x'.repeat(65), undefined],
    ['an empty name', '', undefined],
    ['a name of spaces', '   ', undefined],
    ['a name on two lines', 'Ann\nBob', undefined],
    ['a name with a tab', 'Ann\tBob', undefined],
    ['a name with a line separator', 'Ann\u2028Bob', undefined],
    ['a name with half a character', 'Ann\ud83e', undefined],
    ['no text', 7, undefined],
    ['nothing', undefined, undefined],
  ])('%s', (_name, value, expected) => {
    expect(parseName(value)).toBe(expected);
  });

  it.each(INVISIBLE.map((value) => [escape(value), value]))('has a visible character: not %s', (_, value) => {
    expect([parseName(value), parseText(value)]).toEqual([undefined, undefined]);
    expect(parseName(`${value}a`)).toBeDefined();
  });

  it('is a room or not', () => {
    expect([parseRoom('den'), parseRoom('Den'), parseRoom(undefined)]).toEqual(['den', undefined, undefined]);
  });

  it('can be sent or is told why not', () => {
    expect(problemWithText('hello')).toBeUndefined();
    expect(problemWithText('')).toMatch(/^A message must be 1 to 4000 characters, /);
  });
});
