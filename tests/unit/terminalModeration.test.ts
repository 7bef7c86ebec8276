import { findUser } from '../../cli/chat/moderation';
import { readCommand } from '../../cli/chat/promptCommands';
import { createUserMark } from '../../cli/chat/userMark';
import { createStyle } from '../../cli/terminal/style';
import { HOSTILE_TEXTS, UNSAFE_OUTPUT } from '../cli/hostileText';

const gus = { id: 'guest:gus', name: 'Gus' };
const ann = { id: 'ann', name: 'Ann' };

describe('the mark of guests', () => {
  it('is on no name while all users are guests', () => {
    expect(createUserMark(() => ({ id: 'guest:me', name: 'Me' }))(gus)).toBe('');
  });

  it.each([
    ['a user of the provider was seen', gus, [ann]],
    ['this user is of the provider', ann, []],
  ])('is on guests once %s', (_name, me, seen) => {
    const mark = createUserMark(() => me);
    for (const user of seen) mark(user);

    expect([mark(gus), mark(ann)]).toEqual([' (guest)', '']);
  });
});

describe('the role of a user', () => {
  const mark = createUserMark(() => ann);
  const style = createStyle(false);

  it('is behind the name in square brackets', () => {
    expect(mark({ ...ann, role: 'moderator' })).toBe(' [moderator]');
  });

  it('cannot be imitated by a name', () => {
    expect(style.name({ id: 'mallory', name: 'Mallory [moderator]' })).toBe('Mallory (moderator)');
  });

  it.each(HOSTILE_TEXTS)('is printed without what commands a terminal: %j', (role) => {
    expect(mark({ ...ann, role })).not.toMatch(UNSAFE_OUTPUT);
  });
});

describe('a user that a moderator names', () => {
  const other = { id: 'guest:other', name: 'ANN' };

  it.each([
    ['an id', 'guest:gus', gus],
    ['a name in another case', 'gUs', gus],
    ['an id that is another user’s name', 'ann', ann],
    ['an id of a user who has left', 'auth0|123', { id: 'auth0|123', name: 'auth0|123' }],
  ])('is found by %s', (_name, wanted, user) => {
    expect(findUser([gus, ann, ann, other], wanted)).toEqual(user);
  });

  it.each([
    ['Ann', 'Several users have this name. Take an id: ann, guest:other'],
    ['no body', 'No user here has this name.'],
  ])('is asked for again where %s means none or several', (wanted, reason) => {
    expect(() => findUser([gus, ann, other], wanted)).toThrow(reason);
  });
});

it.each([
  ['/kick Ben', { kind: 'kick', user: 'Ben', minutes: 10 }],
  ['/kick Ben Baker 60', { kind: 'kick', user: 'Ben Baker', minutes: 60 }],
  ['/kick 42', { kind: 'kick', user: '42', minutes: 10 }],
  ['/kick Ben 525600', { kind: 'kick', user: 'Ben', minutes: 525_600 }],
  ['/kick Ben 525601', { kind: 'wrong' }],
  ['/kick Ben 0', { kind: 'wrong' }],
  ['/kick ', { kind: 'wrong' }],
  ['/unkick Ben 2', { kind: 'unkick', user: 'Ben 2' }],
  ['/mute Ben 60', { kind: 'mute', user: 'Ben', minutes: 60 }],
  ['/mute Ben 0', { kind: 'wrong' }],
  ['/unmute Ben 2', { kind: 'unmute', user: 'Ben 2' }],
  ['/title The den', { kind: 'set', settings: { title: 'The den' } }],
  ['/title', { kind: 'set', settings: { title: '' } }],
  ['/slow 30', { kind: 'set', settings: { slow: 30 } }],
  ['/slow 0', { kind: 'set', settings: { slow: 0 } }],
  ['/slow', { kind: 'wrong' }],
  ['/slow 21601', { kind: 'wrong' }],
  ['/readonly on', { kind: 'set', settings: { readOnly: true } }],
  ['/readonly off', { kind: 'set', settings: { readOnly: false } }],
  ['/readonly', { kind: 'wrong' }],
  ['/bans', { kind: 'bans' }],
  ['/allow 2', { kind: 'decide', verdict: 'allow', number: 2 }],
  ['/deny 1 Not here', { kind: 'decide', verdict: 'deny', number: 1, reason: 'Not here' }],
  ['/deny', { kind: 'wrong' }],
  ['/allow 1 please', { kind: 'wrong' }],
  [`/deny 1 ${'x'.repeat(201)}`, { kind: 'wrong' }],
  ['/people now', { kind: 'wrong' }],
])('%s is read', (line, command) => {
  expect(readCommand(line)).toMatchObject(command);
});
