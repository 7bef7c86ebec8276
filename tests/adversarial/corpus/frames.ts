/** A frame, and the one answer it must get: an error's code, or how the connection ends. */
export interface BadFrame {
  data: string | Buffer;
  answer: { code: string } | { closes: number } | { type: string };
}

const code = (data: unknown, code: string): BadFrame => ({
  data: typeof data === 'string' ? data : JSON.stringify(data),
  answer: { code },
});
const closes = (data: string | Buffer, closes: number): BadFrame => ({ data, answer: { closes } });

const send = { action: 'sendMessage', room: 'den', id: 'a-good-id', text: 'hello', after: 0 };
const ping = { action: 'ping', rooms: {} };
const rooms = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`room-${i}`, 0]));

/** Frames that must return nothing to a member of the room `den` only. */
export const FRAMES: Record<string, BadFrame> = {
  'white space': code('   ', 'badFrame'),
  'a word': code('hello', 'badFrame'),
  'half an object': code('{"action":"ping"', 'badFrame'),
  'two objects': code('{"action":"ping","rooms":{}}{"action":"ping","rooms":{}}', 'badFrame'),
  'a list of frames': code([ping], 'badFrame'),
  null: code('null', 'badFrame'),
  'a number': code('1e9', 'badFrame'),
  'a text': code('"ping"', 'badFrame'),
  'a byte order mark': code('\uFEFF{"action":"ping","rooms":{}}', 'badFrame'),
  'a zero byte': code('\0', 'badFrame'),
  'a comment': code('/**/{"action":"ping","rooms":{}}', 'badFrame'),
  'single quotes': code("{'action':'ping','rooms':{}}", 'badFrame'),
  'a comma too many': code('{"action":"ping","rooms":{},}', 'badFrame'),
  'not a number': code('{"action":"ping","rooms":{"den":NaN}}', 'badFrame'),
  'a hexadecimal number': code('{"action":"ping","rooms":{"den":0x10}}', 'badFrame'),
  HTML: code('<script>alert(1)</script>', 'badFrame'),
  'a request': code('GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'badFrame'),
  'lists 10,000 deep': code('['.repeat(10_000) + ']'.repeat(10_000), 'badFrame'),
  'objects 3,000 deep': code(`${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`, 'badFrame'),
  'objects 3,000 deep in a field': code(
    `{"action":"ping","rooms":${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}}`,
    'badFrame',
  ),
  '1,500 keys': code(
    `{${Array.from({ length: 1_500 }, (_, i) => `"k${i}":1`).join()},"action":"ping","rooms":{}}`,
    'badFrame',
  ),
  'a key of 19,000 characters': code({ ...ping, ['k'.repeat(19_000)]: 1 }, 'badField'),
  'a number of 10,000 digits': code(`{"action":"ping","rooms":{"den":${'9'.repeat(10_000)}}}`, 'badField'),
  'one byte over 24 KB': code(' '.repeat(24_577), 'tooLarge'),
  '30 KB of brackets': code('['.repeat(30_000), 'tooLarge'),
  'no action': code({ rooms: {} }, 'unknownAction'),
  'an action nobody knows': code({ action: 'deleteEverything' }, 'unknownAction'),
  'an action in capitals': code({ action: 'SENDMESSAGE' }, 'unknownAction'),
  'an action that is a list': code({ ...ping, action: ['ping'] }, 'unknownAction'),
  'an action that is an object': code({ ...ping, action: { toString: 'ping' } }, 'unknownAction'),
  'the route of a new connection': code({ action: '$connect' }, 'unknownAction'),
  'the route of a closed connection': code({ action: '$disconnect' }, 'unknownAction'),
  'the default route': code({ action: '$default' }, 'unknownAction'),
  'an action of every object': code({ action: 'constructor' }, 'unknownAction'),
  'an action in the prototype': code('{"__proto__":{"action":"ping","rooms":{}}}', 'badFrame'),
  'a prototype beside the fields': code(
    '{"action":"ping","rooms":{},"__proto__":{"admin":true}}',
    'badField',
  ),
  'a constructor beside the fields': code(
    { ...ping, constructor: { prototype: { admin: true } } },
    'badFrame',
  ),
  'a prototype among the rooms': code('{"action":"ping","rooms":{"__proto__":1}}', 'badField'),
  'an unknown field': code({ ...ping, admin: true }, 'badField'),
  'a user': code({ ...send, user: 'guest:ann' }, 'badField'),
  'a sender': code({ ...send, from: { id: 'guest:ann', name: 'Ann' } }, 'badField'),
  'a seq': code({ ...send, seq: 1 }, 'badField'),
  'a time': code({ ...send, at: 0 }, 'badField'),
  'a type': code({ ...send, type: 'system' }, 'badField'),
  'an expiry': code({ ...send, ttl: 1 }, 'badField'),
  'no room': code({ ...send, room: undefined }, 'badField'),
  'an empty room': code({ ...send, room: '' }, 'badField'),
  'a room in capitals': code({ ...send, room: 'Den' }, 'badField'),
  'a room of 65 characters': code({ ...send, room: 'r'.repeat(65) }, 'badField'),
  'a room with a hash': code({ ...send, room: 'den#1' }, 'badField'),
  'a room with a slash': code({ ...send, room: '../den' }, 'badField'),
  'a room with a zero byte': code({ ...send, room: 'den\0' }, 'badField'),
  'a room with a line break': code({ ...send, room: 'den\n' }, 'badField'),
  'a room in full width': code({ ...send, room: 'ｄｅｎ' }, 'badField'),
  'a room with a Cyrillic letter': code({ ...send, room: 'dеn' }, 'badField'),
  'a room that is a list': code({ ...send, room: ['den'] }, 'badField'),
  'a room that is a condition': code({ ...send, room: { $ne: '' } }, 'badField'),
  'a room as the database writes it': code({ ...send, room: { S: 'den' } }, 'badField'),
  'an id of 7 characters': code({ ...send, id: 'shortid' }, 'badField'),
  'an id of 65 characters': code({ ...send, id: 'i'.repeat(65) }, 'badField'),
  'an id with a placeholder': code({ ...send, id: ':value-of' }, 'badField'),
  'an id that is a number': code({ ...send, id: 12345678 }, 'badField'),
  'a cursor below nothing': code({ ...send, after: -1 }, 'badField'),
  'half a cursor': code({ ...send, after: 0.5 }, 'badField'),
  'a cursor as text': code({ ...send, after: '0' }, 'badField'),
  'a cursor that is true': code({ ...send, after: true }, 'badField'),
  'an endless cursor': code(
    '{"action":"sendMessage","room":"den","id":"a-good-id","text":"x","after":1e999}',
    'badField',
  ),
  'a cursor no number can hold': code(
    '{"action":"joinRoom","room":"den","after":9007199254740993}',
    'badField',
  ),
  'a page of none': code({ action: 'getHistory', room: 'den', limit: 0 }, 'badField'),
  'a page of 101': code({ action: 'getHistory', room: 'den', limit: 101 }, 'badField'),
  'a page both ways': code({ action: 'getHistory', room: 'den', before: 9, after: 1 }, 'badField'),
  'a reference of 33 characters': code({ ...ping, ref: 'r'.repeat(33) }, 'badField'),
  'a reference with an escape': code({ ...ping, ref: '\u001b[2J' }, 'badField'),
  '51 rooms in a ping': code({ action: 'ping', rooms: rooms(51) }, 'badField'),
  'rooms in a list': code({ action: 'ping', rooms: ['den'] }, 'badField'),
  'two actions': code('{"action":"joinRoom","room":"den","action":"leaveRoom"}', 'badFrame'),
  'two actions, one of them written otherwise': code(
    '{"action":"joinRoom","room":"den","\\u0061ction":"leaveRoom"}',
    'badFrame',
  ),
  'two cursors for a room': code('{"action":"ping","rooms":{"den":1,"den":2}}', 'badFrame'),
  'a message to another room': code({ ...send, room: 'vault' }, 'notMember'),
  'the history of another room': code({ action: 'getHistory', room: 'vault' }, 'notMember'),
  'typing in another room': code({ action: 'typing', room: 'vault' }, 'notMember'),
  'a draft in another room': code(
    { action: 'draft', room: 'vault', of: 1, generation: 1, offset: 0, text: 'so' },
    'notMember',
  ),
  'what is written in another room': code(
    { action: 'getDraft', room: 'vault', of: 1, user: 'bob' },
    'notMember',
  ),
  'a draft that is too long': code(
    { action: 'draft', room: 'lobby', of: 1, generation: 1, offset: 3_999, text: 'so' },
    'tooLarge',
  ),
  'a signal to another room': code({ action: 'signal', room: 'vault', name: 'wave' }, 'notMember'),
  'a history that nobody wrote': code({ ...send, after: 900_000 }, 'behind'),
  bytes: closes(Buffer.from(JSON.stringify(ping)), 1003),
  'a frame of 33 KB': closes('x'.repeat(33 * 1024), 1009),
  'a frame of 200 KB': closes('x'.repeat(200 * 1024), 1009),
};
