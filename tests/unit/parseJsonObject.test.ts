import fc from 'fast-check';
import { parseClientFrame } from '../../lib/protocol/parseClientFrame';
import { problemWithShape, readObject } from '../../lib/protocol/parseJsonObject';

const ping = (inside: string): string => `{"action":"ping","rooms":{${inside}}}`;
const keys = (count: number, name = (i: number) => `k${i}`): string =>
  Array.from({ length: count }, (_, i) => `"${name(i)}":1`).join();

const DEPTH = 'Objects and lists must be nested at most 2 deep.';
const KEYS = 'There must be at most 64 keys.';

it.each<[string, string, string]>([
  ['lists 10,000 deep', '['.repeat(10_000) + ']'.repeat(10_000), DEPTH],
  ['lists 20,000 deep that never end', '['.repeat(20_000), DEPTH],
  ['objects 3,000 deep', `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`, DEPTH],
  ['objects and lists 10,000 deep', '[{"a":'.repeat(2_500) + '}]'.repeat(2_500), DEPTH],
  ['three objects in each other', ping('"den":{}'), DEPTH],
  ['a list three deep', ping('"den":[]'), DEPTH],
  ['data five deep', '{"data":{"a":[{"b":{"c":[]}}]}}', '"data" must be nested at most 4 deep.'],
  ['data of 65 keys', `{"data":{${keys(32)},"a":{${keys(32)}}}}`, '"data" must have at most 64 keys.'],
  ['a key that stands twice in data', '{"data":{"a":{"k":1,"k":1}}}', '"k" must stand there once.'],
  ['three objects beside data', '{"data":{},"rooms":{"den":{}}}', DEPTH],
  ['three objects in a field that is called data elsewhere', ping('"data":{}'), DEPTH],
  ['1,800 keys', `{${keys(1_800)}}`, KEYS],
  ['a byte order mark', '\ufeff{"action":"ping"}', 'The frame must begin without a byte order mark.'],
  ['63 keys in a ping', ping(keys(63)), KEYS],
  ['2,500 times the same key', `{${keys(2_500, () => 'k')}}`, '"k" must stand there once.'],
  ['a key that stands twice', '{"action":"ping","action":"leaveRoom"}', '"action" must stand there once.'],
  ['the same key in another spelling', '{"action":1,"\\u0061ction":2}', '"action" must stand there once.'],
  [
    'a key that is twice the prototype',
    '{"__proto__":1,"__proto__":1}',
    '"__proto__" must stand there once.',
  ],
  ['a room that stands twice', ping('"den":1,"den":2'), '"den" must stand there once.'],
  [
    'a long key that stands twice',
    `{"${'k'.repeat(9_000)}":1,"${'k'.repeat(9_000)}":1}`,
    `"${'k'.repeat(32)}" must stand there once.`,
  ],
])('refuses %s before it is parsed, and says what is wrong', (_name, frame, message) => {
  const parse = jest.spyOn(JSON, 'parse');

  try {
    expect(parseClientFrame(frame)).toEqual({
      ok: false,
      failure: { type: 'error', code: 'badFrame', message },
    });
    expect(parse).not.toHaveBeenCalledWith(frame);
  } finally {
    parse.mockRestore();
  }
});

it.each([
  ['10,000 keys', `{${keys(10_000)}}`, 'tooLarge'],
  ['a million brackets', '['.repeat(1_000_000), 'tooLarge'],
  ['a number of 10,000 digits', ping(`"den":${'9'.repeat(10_000)}`), 'badField'],
  ['one above the numbers that are exact', ping('"den":9007199254740993'), 'badField'],
  ['the highest of those', ping('"den":9007199254740991'), 'badField'],
  ['an endless number', ping('"den":1e999'), 'badField'],
  ['one below nothing', ping('"den":-1'), 'badField'],
])('%s: %s', (_name, frame, code) => {
  expect(parseClientFrame(frame)).toMatchObject({ ok: false, failure: { code } });
});

it.each([
  ['a ping of as many rooms as a connection may be in', ping(keys(50, (i) => `room-${i}`))],
  ['data of 64 keys, four deep, beside a full frame', `{${keys(63)},"data":{${keys(62)},"a":[[[]]],"b":1}}`],
  ['brackets, colons and quotes in a text', JSON.stringify({ text: '[[[{{{"a":1,"a":1}\\' })],
  ['the same key in two objects', ping('"action":1')],
  ['half a string', '{"action":"pi'],
  ['an escape at the end', '{"action":"\\'],
  ['closing brackets alone', ']}]}:'],
  ['no JSON at all', 'hello: context'],
  ['a key without quotes after one with them', '{"a":1, b:2}'],
  ['a string in a place of a key without quotes', '{"a":"a", b:"a"}'],
  ['keys that differ in their escapes only', '{"a\\\\":1,"a\\"":2}'],
])('has nothing to say on %s', (_name, frame) => {
  expect(problemWithShape(frame)).toBeUndefined();
});

it('says of any JSON what a look at its value says', () => {
  const depth = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map((inner) => depth(inner)))
      : 0;
  const count = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? Object.values(value).reduce(
          (sum: number, inner) => sum + count(inner),
          Array.isArray(value) ? 0 : Object.keys(value).length,
        )
      : 0;

  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.nat(), { maxKeys: 90 })), (value) => {
      fc.pre(!(typeof value === 'object' && value !== null && 'data' in value));
      const isFine = depth(value) <= 2 && count(value) <= 64;
      for (const json of [JSON.stringify(value), JSON.stringify(value, undefined, 2)])
        expect(problemWithShape(json) === undefined).toBe(isFine);
    }),
  );
});

it.each([
  ['one byte a character', 'x', 24_576],
  ['three bytes a character', '€', 8_192],
  ['four bytes a character', '🦄', 6_144],
])('measures %s', (_name, character, most) => {
  const of = (count: number) => readObject(character.repeat(count), 'body');

  expect(of(most)).toMatchObject({ code: 'badFrame' });
  expect(of(most + 1)).toEqual({
    ok: false,
    code: 'tooLarge',
    reason: 'The body must be at most 24576 bytes.',
  });
});
