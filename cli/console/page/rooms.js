import { attempt, order } from './api.js';
import { button, element, foreign, labelled, roomLink, table, time, userLink } from './elements.js';
import { erasure } from './erase.js';
import { exportButton } from './export.js';

/** Rooms that are read before the operator is asked. */
const ROOMS_AT_ONCE = 1_000;
/** Entries that a room's page shows. */
const ENTRIES = 50;

/** Shows all rooms, the last one written to first. */
export async function showRooms(view) {
  const list = element('div', { ariaLive: 'polite' });
  const rooms = [];
  let text = '';
  let next;

  const draw = () => {
    const wanted = rooms.filter(({ room }) => room.includes(text)).sort((a, b) => b.at - a.at);
    const rows = wanted.map(({ room, at, seq }) => [roomLink(room), time(at), String(seq)]);
    list.replaceChildren(
      table('Rooms', ['Room', 'Last entry', 'Number'], rows, 'No room.'),
      element(
        'p',
        { className: 'muted' },
        next === undefined
          ? `${rooms.length} rooms in all.`
          : `${rooms.length} rooms so far, in no order: later ones may have newer entries.`,
      ),
      ...(next === undefined ? [] : [button('Read more rooms', () => attempt(read))]),
    );
  };
  const read = async () => {
    const end = rooms.length + ROOMS_AT_ONCE;
    do {
      const page = await order('rooms', next === undefined ? {} : { next });
      rooms.push(...page.rooms);
      next = page.next;
    } while (next !== undefined && rooms.length < end);
    draw();
  };

  const filter = element('input', { type: 'search', name: 'text' });
  filter.addEventListener('input', () => {
    text = filter.value;
    draw();
  });
  view.replaceChildren(element('h2', {}, 'Rooms'), labelled('A part of the name', filter), list);
  await read();
}

/** Shows a room's latest entries, and what an operator can do with the room. */
export async function showRoom(view, room) {
  const list = element('div', { ariaLive: 'polite' });
  const read = async () => {
    const [head] = (await order('rooms', { room })).rooms;
    const { messages } = await order('entries', { room, after: Math.max(0, (head?.seq ?? 0) - ENTRIES) });
    const rows = messages
      .toReversed()
      .map((entry) => [
        String(entry.seq),
        entry.at === undefined ? '' : time(entry.at),
        authorOf(entry),
        foreign(textOf(entry)),
      ]);
    list.replaceChildren(
      table('Entries', ['Number', 'Time', 'User', 'Text'], rows, 'No entry has been kept.'),
    );
  };
  view.replaceChildren(
    element('h2', {}, 'Room ', foreign(room)),
    exportButton(room),
    element('h3', {}, `Latest entries, ${ENTRIES} at most`),
    list,
    erasure({ room }, room, 'every message of this room', read),
  );
  await read();
}

function authorOf({ from, user }) {
  const author = from ?? user;
  if (!author) return '';
  return element('span', {}, foreign(author.name), ' ', userLink(author.id));
}

function textOf({ type, text, of, what }) {
  switch (type) {
    case 'message':
      return text;
    case 'system':
      return `(${what})`;
    case 'edited':
    case 'deleted':
      return `(${type} ${of})`;
    default:
      return `(${type})`;
  }
}
