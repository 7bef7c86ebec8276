import { handleModeratorAction, handleRoomAction } from '../../lib/actions/routes';
import { parseRole } from '../../lib/auth/roles';
import { removeUserFromRoom } from '../../lib/moderation/removeUser';
import { parsePublishCommand } from '../../lib/operator/publishCommand';
import { parseClientFrame } from '../../lib/protocol/parseClientFrame';
import { HOSTILE_TEXTS } from '../cli/hostileText';
import { ann, anotherContainer, bob, connect, createHarness, finish, HOUR, NOW } from './harness';
import { ask, page } from './roomOfTwo';

it.each([
  ['a word', 'moderator', 'moderator'],
  ['words', 'Community manager', 'Community manager'],
  ['blanks around it', '  bot \n', 'bot'],
  ['another script', 'мод', 'мод'],
  ['words of two scripts', 'VIP мод', 'VIP мод'],
  ['symbols', '★ <VIP> 🦄', '★ <VIP> 🦄'],
  ['the longest', 'é'.repeat(16), 'é'.repeat(16)],
])('a role may be or have %s', (_what, claim, role) => {
  expect(parseRole(claim)).toBe(role);
});

it.each<[string, unknown]>([
  ['no claim', undefined],
  ['null', null],
  ['a number', 7],
  ['a flag', true],
  ['a list', ['moderator']],
  ['an object', { role: 'moderator' }],
  ['nothing', ''],
  ['blanks', '  '],
  ['33 characters', 'x'.repeat(33)],
  ['more than 32 bytes', '🦄'.repeat(9)],
  ['very much', 'x'.repeat(1_000_000)],
  ['a line break', 'a\nb'],
  ['a tab', 'a\tb'],
  ['a control character', 'mod\u0000'],
  ['an override of the direction', '\u202eabc'],
  ['a zero-width joiner', 'a\u200db'],
  ['a variation selector', 'mod\ufe0f'],
  ['a wide blank', 'a\u3000b'],
  ['a blank pattern', 'mod\u2800'],
  ['a lone surrogate', 'mod\ud800'],
  ['a Cyrillic о in a Latin word', 'm\u043ed'],
  ...HOSTILE_TEXTS.map((text): [string, unknown] => [JSON.stringify(text), text.slice(0, 32)]),
])('%s is no role', (_what, claim) => {
  expect(parseRole(claim)).toBeUndefined();
});

describe('what an operator publishes', () => {
  const published = (role: unknown) =>
    parsePublishCommand({
      ...{ room: 'den', id: 'message-1', text: 'Hello' },
      from: { id: 'bot:a', name: 'A', role },
    });

  it('has the role that the operator gives its author', () => {
    expect(published('bot')).toMatchObject({ ok: true, author: { id: 'bot:a', name: 'A', role: 'bot' } });
    expect(published(undefined)).toMatchObject({ ok: true, author: { id: 'bot:a', name: 'A' } });
  });

  it.each([['a\u202eb'], [7], [null], ['x'.repeat(33)]])('is refused with the role %j', (role) => {
    expect(published(role)).toMatchObject({
      ok: false,
      failure: { code: 'badField', message: expect.stringMatching(/^"from.role": A role must be 1 to 32/) },
    });
  });
});

it.each([
  ['a role', { role: 'moderator' }],
  ['an author', { from: { id: 'ann', name: 'Ann', role: 'moderator' } }],
])('a frame that brings %s is refused', (_what, claimed) => {
  const frame = { action: 'sendMessage', room: 'den', id: 'message-1', text: 'Hello', after: 0, ...claimed };

  expect(parseClientFrame(JSON.stringify(frame))).toMatchObject({ ok: false, failure: { code: 'badField' } });
});

describe('the role of an author', () => {
  const member = { ...ann, role: 'member' };
  const moderator = { ...ann, role: 'moderator' };
  const send = (id: string, after: number) => ({
    ...{ action: 'sendMessage', room: 'den', id, text: 'Hello', after },
  });

  /** Ann's connections before and after her token was renewed, and a reader. */
  const renewed = async () => {
    const harness = createHarness();
    const before = await connect(harness, 'ann-1', member, ['den']);
    const after = await connect(harness, 'ann-2', moderator, ['den']);
    const reader = await connect(harness, 'bob-1', bob, ['den']);
    return { harness, before, after, reader };
  };

  it('is in the entry that is pushed, in the acknowledgement and in a page', async () => {
    const { harness, before, reader } = await renewed();

    const reply = await ask(harness, before, send('message-1', 0));

    expect(reply).toMatchObject({ type: 'ack', seq: 1, entry: { type: 'message', from: member } });
    expect(harness.posts).toMatchObject([
      { to: 'ann-2', frame: { from: member } },
      { to: 'bob-1', frame: { from: member } },
    ]);
    expect(await page(harness, reader)).toMatchObject([{ type: 'message', from: member }]);
  });

  it('is that of the first attempt in a repeat after a renewal, and no other content', async () => {
    const { harness, before, after, reader } = await renewed();
    await ask(harness, before, send('message-1', 0));

    const reply = await ask(anotherContainer(harness), after, send('message-1', 0));

    expect(reply).toMatchObject({ type: 'ack', seq: 1, duplicate: true, entry: { from: member } });
    expect(await page(harness, reader)).toHaveLength(1);
  });

  it('is another in what the user sends after a renewal, and in no earlier message', async () => {
    const { harness, before, after, reader } = await renewed();
    await ask(harness, before, send('message-1', 0));

    await ask(harness, after, send('message-2', 1));
    const edit = { action: 'editMessage', room: 'den', of: 1, id: 'edit-0001', text: 'Hi', after: 2 };
    await ask(harness, after, edit);
    await ask(harness, after, { action: 'deleteMessage', room: 'den', of: 2, id: 'deletion-1', after: 3 });

    expect(await page(harness, reader)).toMatchObject([
      { type: 'message', text: 'Hi', from: member },
      { type: 'tombstone', from: moderator },
      { type: 'edited', from: moderator },
      { type: 'deleted', from: moderator },
    ]);
  });

  it('is in the lists of members', async () => {
    const { harness, after, reader } = await renewed();
    await harness.connections.close('ann-1');

    const joining = JSON.stringify({ action: 'joinRoom', room: 'den' });
    const joined = await finish(harness, handleRoomAction(harness, reader, joining));
    const listing = JSON.stringify({ action: 'getMembers', room: 'den' });
    const listed = await finish(harness, handleModeratorAction(harness, after, listing));

    expect(joined).toMatchObject({ members: expect.arrayContaining([moderator, bob]) });
    expect(listed).toMatchObject({
      members: expect.arrayContaining([expect.objectContaining({ user: moderator })]),
    });
  });

  it('is not in the entry of a removal, whose row keeps none', async () => {
    const { harness, after, reader } = await renewed();
    const order = { user: 'ann', until: NOW + HOUR, by: after.user };

    await finish(harness, removeUserFromRoom(harness, 'den', order));

    const removal = harness.posts.find(({ frame }) => frame.type === 'system')?.frame;
    expect(removal).toMatchObject({ user: ann, by: ann });
    expect(JSON.stringify([removal, ...(await page(harness, reader))])).not.toContain('role');
  });
});
