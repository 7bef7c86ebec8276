import { parseRoomsCommand, parseUsersCommand } from '../../lib/operator/parseCommand';
import { HIGHEST_SEQ } from '../../lib/protocol/fields';

it.each([{}, { room: 'den' }, { next: { room: 'den', seq: HIGHEST_SEQ } }])(
  'reads the order about rooms %j',
  (value) => {
    expect(parseRoomsCommand(value)).toEqual(value);
  },
);

it.each<[unknown, RegExp]>([
  [undefined, /one JSON object/],
  [{ limit: 1 }, /may have room, next and nothing else/],
  [{ room: 'No Room' }, /A room must/],
  [{ room: 'den', next: { room: 'den', seq: 1 } }, /either "room" or "next"/],
  [{ next: 'den' }, /one JSON object/],
  [{ next: { room: 'No Room', seq: 1 } }, /A room must/],
  [{ next: { room: 'den', seq: -1 } }, /"next.seq" must be/],
])('refuses the order about rooms %j', (value, why) => {
  expect(() => parseRoomsCommand(value)).toThrow(why);
});

it('reads the orders about users', () => {
  expect(parseUsersCommand({ order: 'user', user: 'oidc|ann' })).toEqual({ order: 'user', user: 'oidc|ann' });
  expect(parseUsersCommand({ order: 'bans' })).toEqual({ order: 'bans', text: '' });
  expect(parseUsersCommand({ order: 'connected', text: 'An', next: 'ban#a-_9' })).toEqual({
    order: 'connected',
    text: 'An',
    next: 'ban#a-_9',
  });
});

it.each<[unknown, RegExp]>([
  [[], /one JSON object/],
  [{ order: 'erase' }, /"order" must be/],
  [{ order: 'user', user: 'a b' }, /"user" must be/],
  [{ order: 'bans', text: 7 }, /"text" must be/],
  [{ order: 'bans', text: 'x'.repeat(129) }, /"text" must be/],
  [{ order: 'bans', next: '' }, /"next" must be/],
  [{ order: 'bans', next: 'a b' }, /"next" must be/],
  [{ order: 'bans', limit: 5 }, /may have order, user, text, next and nothing else/],
])('refuses the order %j', (value, why) => {
  expect(() => parseUsersCommand(value)).toThrow(why);
});
