import fc from 'fast-check';
import { handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import { hasPermission, parsePermissions, type Right } from '../../lib/auth/permissions';
import type { Requester } from '../../lib/auth/requester';
import { ann, connect, createHarness, fill, finish, type Harness } from './harness';

const { areGrants } = require('../../infra/parameters/values') as { areGrants(value: string): boolean };

it.each<[string, unknown, string]>([
  ['one grant', 'lobby:r', 'lobby:r'],
  ['only as a member', '*:rw team.*:@rw', '*:rw team.*:@rw'],
  ['several', '*:rw news:r staff.*:-', '*:rw news:r staff.*:-'],
  ['a list of them', ['*:rw', 'ops:rwm'], '*:rw ops:rwm'],
  ['space around them', '  lobby:r   news:r ', 'lobby:r news:r'],
  ['no grant at all as nothing', '', '*:-'],
  ['an empty list as nothing', [], '*:-'],
])('reads %s', (_name, claimed, expected) => {
  expect(parsePermissions(claimed)).toBe(expected);
});

it.each<[string, unknown]>([
  ['a number', 7],
  ['null', null],
  ['an object', { lobby: 'r' }],
  ['a room without permissions', 'lobby'],
  ['no permissions', 'lobby:'],
  ['a right nobody knows', 'lobby:x'],
  ['membership without a right', 'lobby:@'],
  ['membership after a right', 'lobby:r@'],
  ['permissions in words', 'lobby:read'],
  ['a room that cannot be', 'Lobby:r'],
  ['a star within', 'a*b:r'],
  ['two stars', '**:r'],
  ['a tab between', 'lobby:r\tnews:r'],
  ['a good one beside a bad one', ['lobby:r', 'news']],
  ['a number in the list', ['lobby:r', 7]],
  ['more than is carried', `${'lobby:r '.repeat(300)}`],
])('does not read %s', (_name, claimed) => {
  expect(parsePermissions(claimed)).toBeUndefined();
});

it('reads the grants that a parameter may have, and no others', () => {
  const part = fc.constantFrom(
    '*',
    'a',
    'team.',
    'A',
    '-',
    '@',
    'r',
    'w',
    'm',
    'x',
    ':',
    ':r',
    ':@rw',
    ':-',
    '',
  );
  const grant = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
  const grants = fc.array(grant, { minLength: 1, maxLength: 3 }).filter((all) => !all.includes(''));

  fc.assert(
    fc.property(grants, (all) => {
      const text = all.join(' ');
      expect({ text, isRead: areGrants(text) }).toEqual({ text, isRead: parsePermissions(text) === text });
    }),
    { numRuns: 3_000, examples: [[['*:rw', 'dm.*:@rw']], [['*:@-']], [[`${'a'.repeat(65)}:r`]]] },
  );
});

it.each<[string, string, string, string]>([
  ['a room by its name', 'lobby:rw', 'lobby', 'rw'],
  ['no other room', 'lobby:rw', 'lobby2', ''],
  ['no beginning of it', 'lobby:rw', 'lob', ''],
  ['every room', '*:r', 'lobby', 'r'],
  ['the rooms below', 'team.*:rw', 'team.blue', 'rw'],
  ['not the one above', 'team.*:rw', 'team', ''],
  ['the longer beginning', '*:r team.*:rw team.blue.*:rwm', 'team.blue.1', 'rwm'],
  ['the name before any beginning', 'team*:rwm team:r', 'team', 'r'],
  ['whatever the order', 'team:r team*:rwm', 'team', 'r'],
  ['nothing where nothing is said', '*:rw staff.*:-', 'staff.pay', ''],
  ['both of two for the same', 'lobby:r lobby:w', 'lobby', 'rw'],
  ['a member all that follows', '*:- team.*:@rw', 'team.blue', 'rw'],
  ['nothing where one of two says so', 'staff.*:- staff.*:rw', 'staff.pay', ''],
  ['nothing where the other of two says so', 'staff.pay:rwm staff.pay:-', 'staff.pay', ''],
])('allows %s', (_name, permissions, room, expected) => {
  const allowed = (['read', 'write', 'moderate'] as const).filter((right) =>
    hasPermission(permissions, right, room),
  );

  expect(allowed.map((right) => right.charAt(0)).join('')).toBe(expected);
});

it('never allows what no grant names', () => {
  const room = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,5}$/);
  const pattern = fc.oneof(
    room,
    room.map((start) => `${start}*`),
    fc.constant('*'),
  );
  const grant = fc.tuple(pattern, fc.constantFrom('-', 'r', 'w', 'rw', 'rwm'));

  fc.assert(
    fc.property(fc.array(grant, { maxLength: 8 }), room, (grants, asked) => {
      const permissions = parsePermissions(grants.map((parts) => parts.join(':'))) ?? '';
      for (const right of ['read', 'write', 'moderate'] as Right[]) {
        const naming = grants.filter(
          ([given, letters]) =>
            letters.includes(right.charAt(0)) &&
            (given.endsWith('*') ? asked.startsWith(given.slice(0, -1)) : given === asked),
        );
        if (naming.length === 0) expect(hasPermission(permissions, right, asked)).toBe(false);
      }
    }),
  );
});

describe('a frame', () => {
  const frames = {
    joinRoom: { action: 'joinRoom', room: 'den' },
    getHistory: { action: 'getHistory', room: 'den' },
    typing: { action: 'typing', room: 'den' },
    signal: { action: 'signal', room: 'den', name: 'wave' },
    draft: { action: 'draft', room: 'den', of: 1, generation: 1, offset: 0, text: 'so' },
    getDraft: { action: 'getDraft', room: 'den', of: 1, user: 'bob' },
    sendMessage: { action: 'sendMessage', room: 'den', id: 'my-own-id', text: 'hello', after: 1 },
  };
  type Name = keyof typeof frames;

  const answer = (harness: Harness, who: Requester, name: Name, room: string) =>
    finish(
      harness,
      (name === 'sendMessage' ? handleSendMessage : handleRoomAction)(
        harness,
        who,
        JSON.stringify({ ...frames[name], room }),
      ),
    );

  /** A harness of which every call of the database is counted. */
  const countingStage = () => {
    const harness = createHarness();
    let calls = 0;
    const counted = <T extends object>(store: T): T =>
      new Proxy(store, {
        get(target, name) {
          calls++;
          return Reflect.get(target, name);
        },
      });
    const observed = { ...harness, log: counted(harness.log), connections: counted(harness.connections) };
    return { harness, observed, calls: () => calls };
  };

  it.each<[Name, string, string]>([
    ['joinRoom', 'w', 'forbidden'],
    ['joinRoom', 'r', ''],
    ['getHistory', 'w', 'forbidden'],
    ['getHistory', 'r', ''],
    ['typing', 'r', 'forbidden'],
    ['typing', 'w', ''],
    ['signal', 'r', 'forbidden'],
    ['signal', 'w', ''],
    ['draft', 'r', 'forbidden'],
    ['draft', 'w', ''],
    ['getDraft', 'w', 'forbidden'],
    ['sendMessage', 'r', 'forbidden'],
    ['sendMessage', 'w', ''],
    ['sendMessage', '-', 'forbidden'],
  ])('%s by one who has %s is answered: %s', async (name, letters, code) => {
    const harness = createHarness();
    fill(harness, 'den', [1]);
    const who = await connect(harness, 'ann-1', ann, ['den']);

    const reply = await answer(harness, { ...who, permissions: `den:${letters}` }, name, 'den');

    expect('code' in reply ? reply.code : '').toBe(code);
  });

  it.each(Object.keys(frames) as Name[])(
    '%s to a room that is not one’s own is answered as to one that is not there',
    async (name) => {
      const { harness, observed, calls } = countingStage();
      fill(harness, 'den', [1]);
      const who = { ...(await connect(harness, 'ann-1', ann, ['den'])), permissions: 'lobby:rwm' };

      const [there, nowhere] = [
        await answer({ ...harness, ...observed }, who, name, 'den'),
        await answer({ ...harness, ...observed }, who, name, 'not-there'),
      ];

      expect(JSON.stringify(nowhere).replace('not-there', 'den')).toBe(JSON.stringify(there));
      expect(there).toMatchObject({ type: 'error', code: 'forbidden' });
      expect(calls()).toBe(0);
    },
  );
});
