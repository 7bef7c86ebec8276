import { attempt, order, tell } from './api.js';
import { button } from './elements.js';

/** Pages of 200 entries that one file holds; the browser keeps them until the file is written. */
const MAX_PAGES = 500;

/** A button that downloads a room's whole history, one JSON object a line. */
export function exportButton(room) {
  const made = button('Export', () =>
    attempt(async () => {
      made.disabled = true;
      try {
        await exportRoom(room);
      } finally {
        made.disabled = false;
      }
    }),
  );
  return made;
}

async function exportRoom(room) {
  const parts = [];
  let count = 0;
  let next = 0;
  do {
    const page = await order('export', { room, after: next });
    parts.push(page.lines);
    count += page.count;
    next = page.next;
    tell(`${count} entries of ${room} so far.`);
  } while (next !== undefined && parts.length < MAX_PAGES);

  const address = URL.createObjectURL(new Blob(parts, { type: 'application/x-ndjson' }));
  Object.assign(document.createElement('a'), { href: address, download: `${room}.jsonl` }).click();
  URL.revokeObjectURL(address);
  tell(
    next === undefined
      ? `${count} entries of ${room} are in ${room}.jsonl.`
      : `The first ${count} entries of ${room} are in ${room}.jsonl. For the rest run: npx edge-chat export ${room} --after ${next}`,
  );
}
