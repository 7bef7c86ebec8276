import { attempt, order, tell } from './api.js';
import { button, element, form, labelled, roomLink, table, time, userLink } from './elements.js';

/** A list of bans, each with a button that lifts it. */
export function banList(bans, after, empty) {
  const rows = bans.map((ban) => [
    userLink(ban.user),
    ban.room === undefined ? 'every room' : roomLink(ban.room),
    time(ban.until),
    // To let a guest in again who signed out would make the guest's old tokens valid.
    ban.isSignOut ? 'signed out' : button('Unban', () => attempt(() => unban(ban, after))),
  ]);
  return table('Bans', ['User', 'Room', 'Until', 'Action'], rows, empty);
}

/** Shows a search through the bans in force. */
export async function showBans(view) {
  const list = element('div', { ariaLive: 'polite' });
  let text = '';
  const search = async () => {
    const bans = [];
    let next;
    const read = async () => {
      const page = await order('users', { order: 'bans', text, next });
      bans.push(...page.found);
      next = page.next;
      bans.sort((a, b) => a.until - b.until);
      list.replaceChildren(
        banList(bans, search, 'No ban in force has this.'),
        ...(next === undefined ? [] : [button('Search on', () => attempt(read))]),
      );
    };
    await read();
  };
  view.replaceChildren(
    element('h2', {}, 'Bans in force'),
    form(
      [
        labelled(
          'A part of the user id or the room',
          element('input', { type: 'search', name: 'text', maxLength: 128 }),
        ),
      ],
      'Find',
      (fields) => {
        text = fields.text.trim();
        void attempt(search);
      },
    ),
    list,
  );
  await search();
}

async function unban({ user, room }, after) {
  const { done } = await order('ban', { order: 'unban', user, room });
  await after();
  tell(done);
}
