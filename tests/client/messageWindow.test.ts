import { createMessageWindow, type MessageWindow } from '../../client/timeline/messageWindow';
import { prependPage } from '../../client/timeline/prependPage';
import type { LogEntry, Page } from '../../lib/protocol';
import { seeded, whole } from '../simulation/random';

const ANN = { id: 'ann', name: 'Ann' };
const OWN = { from: ANN, by: 'author' } as const;
const BY_MODERATOR = { from: { id: 'mod', name: 'Mod' }, by: 'moderator' } as const;
const PAGE = 4;
const RUNS = 300;

/** A room's log as a server keeps it. An entry's words are those of its message at the time of serving. */
function createServer() {
  const log: LogEntry[] = [];

  const now = (seq: number): LogEntry => {
    const entry = log[seq - 1];
    if (entry?.type === 'edited') {
      const target = now(entry.of);
      const { text, rev = 0, editedAt = 0 } = target.type === 'message' ? target : {};
      return text === undefined ? entry : { ...entry, text, rev, at: rev === seq ? editedAt : entry.at };
    }
    if (entry?.type !== 'message') return entry ?? { type: 'unknown', seq };
    const changes = log.filter((change) => 'of' in change && change.of === seq);
    const deletion = changes.find((change) => change.type === 'deleted');
    if (deletion) {
      const { id, from, at } = entry;
      return { type: 'tombstone', seq, id, from, at, deleted: deletion.seq, by: deletion.by };
    }
    const edit = changes.findLast((change) => change.type === 'edited');
    const [summary] = changes
      .filter((change) => change.type === 'reacted')
      .sort((a, b) => b.k - a.k || b.seq - a.seq);
    return {
      ...entry,
      ...(edit && { text: `edit ${edit.seq}`, rev: edit.seq, editedAt: edit.at }),
      ...(summary && {
        reactions: { k: summary.k, seq: summary.seq, counts: summary.counts, users: summary.users },
      }),
    };
  };

  return {
    head: () => log.length,
    write: (entry: LogEntry) => log.push(entry),
    /** The entries from one seq to another, as they are served now. */
    serve: (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => now(from + i)),
  };
}

type Server = ReturnType<typeof createServer>;

/** Writes an entry at random: a message, or a change of one. */
function writeAny(server: Server, random: () => number): void {
  const seq = server.head() + 1;
  const targets = server
    .serve(1, server.head())
    .filter(({ type }) => type === 'message' || type === 'tombstone');
  const target = targets[Math.floor(random() * targets.length)];
  const base = { seq, id: `entry-${seq}`, from: ANN, at: seq * 1_000 };
  const draw = random();
  if (!target || draw < 0.3) server.write({ type: 'message', ...base, text: `text ${seq}` });
  else if (draw < 0.6 && target.type === 'message') server.write({ type: 'edited', ...base, of: target.seq });
  else if (draw < 0.75)
    server.write({ type: 'deleted', ...base, of: target.seq, ...(draw < 0.7 ? OWN : BY_MODERATOR) });
  else {
    // An entry of reactions may be written after one with a higher count.
    const k = Math.max(1, seq - whole(random, 0, 3));
    server.write({ type: 'reacted', seq, of: target.seq, at: base.at, k, counts: { clap: k }, users: {} });
  }
}

/** A client that joins now: it has the newest page, and asks for older ones, which are on their way for a while. */
function joinLate(server: Server, random: () => number) {
  const window = createMessageWindow(1_000);
  let cursor = Math.max(0, server.head() - PAGE);
  let coming: { page: Page; before: number } | undefined;
  window.setOlder(cursor > 0);

  const receive = (): void => {
    for (const entry of server.serve(cursor + 1, server.head())) window.append(entry);
    cursor = server.head();
  };
  const ask = (): void => {
    const before = window.olderThan();
    if (before === undefined) return;
    const from = Math.max(1, before - PAGE);
    coming = { page: { messages: server.serve(from, before - 1), more: from > 1 }, before };
  };
  const arrive = (): void => {
    if (coming) prependPage(window, coming.page, coming.before);
    coming = undefined;
  };
  receive();
  return {
    window,
    step() {
      receive();
      if (random() < 0.5) arrive();
      if (!coming && random() < 0.4) ask();
    },
    finish() {
      receive();
      arrive();
      for (ask(); coming; ask()) arrive();
    },
  };
}

/** What there is to compare: a property without a value counts as none. */
const shown = (window: MessageWindow) => JSON.parse(JSON.stringify(window.snapshot().messages));

it('shows the same to a client that was there, to one that joins late and pages down, and as the table has it', () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = seeded(seed);
    const server = createServer();
    const always = createMessageWindow(1_000);
    const joinsAt = whole(random, 5, 25);
    let late: ReturnType<typeof joinLate> | undefined;

    for (let step = 0; step < 50; step++) {
      writeAny(server, random);
      for (const entry of server.serve(server.head(), server.head())) always.append(entry);
      if (step === joinsAt) late = joinLate(server, random);
      if (random() < 0.7) late?.step();
    }
    late?.finish();

    const table = createMessageWindow(1_000);
    for (const entry of server.serve(1, server.head())) if (!('of' in entry)) table.append(entry);
    expect({ seed, messages: late && shown(late.window) }).toEqual({ seed, messages: shown(always) });
    expect({ seed, messages: shown(always) }).toEqual({ seed, messages: shown(table) });
  }
});

describe('a change', () => {
  const hello: LogEntry = { type: 'message', seq: 1, id: 'hello', from: ANN, at: 1, text: 'hello' };
  const windowWith = (...entries: LogEntry[]): MessageWindow => {
    const window = createMessageWindow(10);
    for (const entry of entries) window.append(entry);
    return window;
  };

  it('without words takes the text away, and no later one brings it back', () => {
    const window = windowWith(
      hello,
      { type: 'edited', seq: 2, id: 'edit-gone', of: 1, at: 2 },
      { type: 'edited', seq: 3, id: 'edit-late', of: 1, at: 3, rev: 3, text: 'again' },
    );

    expect(window.snapshot().messages).toMatchObject([{ text: '', deleted: {} }]);
  });

  it('below a gap is unknown, so a gap drops everything below it', () => {
    const window = windowWith(hello);
    window.addGap({ from: 2, to: 5 });
    window.append({ type: 'edited', seq: 6, id: 'edit-6', of: 1, at: 6, rev: 6, text: 'edited' });

    expect(window.snapshot()).toMatchObject({
      messages: [],
      gaps: [{ from: 2, to: 5 }],
      hasOlder: false,
      olderExpired: true,
    });
  });
});

it('takes an older page without a message while it shows none', () => {
  const window = createMessageWindow(PAGE);
  window.append({ type: 'edited', seq: 5, id: 'edit-5', of: 1, at: 5 });
  window.setOlder(true);

  prependPage(window, { messages: [{ type: 'erased', seq: 4, id: 'erased-4' }], more: true }, 5);

  expect(window.snapshot()).toMatchObject({ messages: [], hasOlder: true });
  expect(window.olderThan()).toBe(4);
});
