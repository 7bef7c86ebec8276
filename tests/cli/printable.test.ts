import fc from 'fast-check';
import { readCommand } from '../../cli/chat/promptCommands';
import { printable } from '../../cli/printable';

it.each([
  ['an escape sequence', '\u001b[2J', '␛[2J'],
  ['a C1 control', '\u009b31m', '\\u009b31m'],
  ['a carriage return', 'a\rb', 'a␍b'],
  ['a bell', '\u0007', '␇'],
  ['a direction override', 'a\u202eb', 'a\\u202eb'],
  ['delete', '\u007f', '\\u007f'],
])('writes out %s', (_name, text, shown) => {
  expect(printable(text)).toBe(shown);
});

it('leaves letters of every script, emoji and tabs as they are', () => {
  const text = 'Ünïcode\tمرحبا 戴 👩‍🚀';

  expect(printable(text)).toBe(text);
});

it('never lets a control through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

it.each([
  ['hello', { kind: 'say', text: 'hello' }],
  ['//hello', { kind: 'say', text: '/hello' }],
  ['   ', { kind: 'nothing' }],
  ['/join design', { kind: 'join', room: 'design' }],
  ['/leave', { kind: 'leave', room: undefined }],
  ['/history', { kind: 'history', count: 20 }],
  ['/history 5', { kind: 'history', count: 5 }],
  ['/quit', { kind: 'quit' }],
])('reads %p', (line, command) => {
  expect(readCommand(line)).toEqual(command);
});

it.each(['/join', '/join A B', '/join Ünï', '/history none', '/dance', '/who me', 'x'.repeat(4001)])(
  'says what is wrong with %p',
  (line) => {
    expect(readCommand(line)).toMatchObject({ kind: 'wrong' });
  },
);
