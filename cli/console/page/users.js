import { attempt, order, tell } from './api.js';
import { banList } from './bans.js';
import { button, element, foreign, form, labelled, roomLink, table, time, userLink } from './elements.js';
import { erasure } from './erase.js';

/** As the server checks it: printable ASCII without spaces. */
const USER_ID = /^[!-~]{1,128}$/;
const HOUR_MS = 3_600_000;
const TIMES = [
  ['1 hour', HOUR_MS],
  ['1 day', 24 * HOUR_MS],
  ['30 days', 30 * 24 * HOUR_MS],
  ['365 days', 365 * 24 * HOUR_MS],
];

/** Shows a search for users. */
export function showUsers(view) {
  const list = element('div', { ariaLive: 'polite' });
  const search = async (text) => {
    const found = new Map();
    let next;
    const read = async () => {
      const page = await order('users', { order: 'connected', text, next });
      for (const { user, name, connections } of page.found)
        found.set(user, { name, connections: connections + (found.get(user)?.connections ?? 0) });
      next = page.next;
      const rows = [...found].map(([user, { name, connections }]) => [
        foreign(name),
        userLink(user),
        String(connections),
      ]);
      list.replaceChildren(
        ...(USER_ID.test(text) ? [element('p', {}, 'Show the user whose id is ', userLink(text), '.')] : []),
        table('Connected users', ['Name', 'Id', 'Devices'], rows, 'No connected user has this.'),
        ...(next === undefined ? [] : [button('Search on', () => attempt(read))]),
      );
    };
    await read();
  };
  view.replaceChildren(
    element('h2', {}, 'Users'),
    element(
      'p',
      { className: 'muted' },
      'Finds users who are connected. For others enter the whole id, as messages carry it.',
    ),
    form(
      [
        labelled(
          'Id, or a part of the id or name',
          element('input', { type: 'search', name: 'text', maxLength: 128 }),
        ),
      ],
      'Find',
      ({ text }) => attempt(() => search(text.trim())),
    ),
    list,
  );
}

/** Shows a user's devices, rooms and bans, and what an operator can do about the user. */
export async function showUser(view, user) {
  const state = element('div', { ariaLive: 'polite' });
  const isNew = element('input', { type: 'checkbox', name: 'isNew' });
  const isNewLabel = element(
    'label',
    { className: 'check' },
    isNew,
    'This id has not been here: ban it all the same',
  );
  const read = async () => {
    const { isKnown, devices, bans, hasMoreBans } = await order('users', { order: 'user', user });
    isNewLabel.hidden = isKnown;
    const names = [...new Set(devices.map(({ name }) => name))];
    state.replaceChildren(
      element(
        'p',
        {},
        ...(names.length > 0
          ? ['Name: ', foreign(names.join(', '))]
          : [isKnown ? 'Not connected.' : 'No user of this id has been here within the last year.']),
      ),
      element('h3', {}, 'Devices'),
      table(
        'Devices',
        ['Connected since', 'State', 'Rooms'],
        devices.map(deviceRow),
        'No device is connected.',
      ),
      element('h3', {}, 'Bans'),
      banList(bans, read, 'No ban is in force.'),
      ...(hasMoreBans ? [element('p', {}, 'There may be more: search all bans for this id.')] : []),
    );
  };
  view.replaceChildren(
    element('h2', {}, 'User ', foreign(user)),
    state,
    element('h3', {}, 'Ban'),
    form(
      [
        labelled('Room (empty: every room)', element('input', { name: 'room' })),
        labelled(
          'For',
          element(
            'select',
            { name: 'forMs' },
            ...TIMES.map(([label, ms]) => element('option', { value: String(ms) }, label)),
          ),
        ),
        isNewLabel,
      ],
      'Ban',
      ({ room, forMs }) =>
        attempt(async () => {
          const where = room === '' ? {} : { room };
          const { done } = await order('ban', {
            ...{ order: 'ban', user, forMs: Number(forMs), isNew: isNew.checked },
            ...where,
          });
          await read();
          tell(done);
        }),
      'danger',
    ),
    erasure({ user }, user, 'every message of this user, in all rooms', read),
  );
  await read();
}

function deviceRow({ openedAt, isActive, rooms }) {
  const links = rooms.flatMap((room, i) => (i === 0 ? [roomLink(room)] : [', ', roomLink(room)]));
  return [time(openedAt), isActive ? 'active' : 'silent', element('span', {}, ...links)];
}
