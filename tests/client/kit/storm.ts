import type { Chat, Outbox, Room, Sent } from '../../../client';
import { createMemoryOutbox } from '../../../client/outbox/memory';
import type { LogEntry } from '../../../lib/protocol';
import { seeded } from '../../simulation/random';
import type { Fault } from './gateway';
import { createHarness, type Harness, listen } from './harness';

const ROOM = 'lobby';
const USERS = ['ann', 'ann', 'cem', 'dee'];
const FAULTY_MS = 90_000;
const HEALS_WITHIN_MS = 90_000;

/** A user's page, which may be closed and opened again with the same outbox. */
interface Page extends Opened {
  user: string;
  outbox: Outbox;
  sent: string[];
}

interface Opened {
  chat: Chat;
  room: Room;
  heard: string[];
  shown: LogEntry[];
}

export interface StormReport {
  problems: string[];
  acknowledged: number;
  shown: number;
}

/** Lets everything go wrong at random for a while, then nothing, and tells what did not come right. */
export async function storm(seed: number): Promise<StormReport> {
  const harness = createHarness(seed);
  const { clock, gateway } = harness;
  const roll = seeded(seed * 7919 + 1);
  const chance = (p: number) => roll() < p;
  const problems: string[] = [];
  const acknowledged = new Map<string, Sent>();
  let count = 0;

  gateway.pageSize = 1 + Math.floor(roll() * 20);
  gateway.mostCompared = 3 + Math.floor(roll() * 20);
  gateway.latencyMs = 5 + roll() * 100;
  const unruly = randomFaults(harness, roll);

  const pages = USERS.map((user) => {
    const outbox = createMemoryOutbox();
    return { user, outbox, sent: [] as string[], ...openPage(harness, user, outbox) };
  });

  const send = (page: Page) => {
    const text = `${page.user} ${++count}`;
    page.room.send(text).then(
      (sent) => acknowledged.set(text, sent),
      (error) => {
        if (error.code !== 'closed') problems.push(`${text} was refused: ${error.code}`);
      },
    );
    page.sent.push(text);
  };

  const end = clock.now() + FAULTY_MS;
  while (clock.now() < end) {
    await clock.pass(roll() * 1_500);
    const page = pages[Math.floor(roll() * pages.length)];
    const socket = gateway.sockets[Math.floor(roll() * gateway.sockets.length)];
    if (!page) continue;
    if (chance(0.5)) send(page);
    if (chance(0.1)) gateway.post(ROOM, `foreign ${++count}`);
    if (chance(0.05)) gateway.post(ROOM, '', undefined, 'unknown');
    if (chance(0.1) && socket) gateway.cut(socket);
    if (chance(0.05) && socket) gateway.evict(socket, ROOM);
    if (chance(0.03)) for (const all of [...gateway.sockets]) gateway.cut(all);
    if (chance(0.03)) harness.networkChanged();
    if (chance(0.05)) Object.assign(page, reopen(harness, page));
    if (chance(0.05)) {
      page.room.leave();
      await clock.pass(roll() * 500);
      page.room.join().catch(() => {});
    }
  }
  unruly.stop();
  await clock.pass(HEALS_WITHIN_MS);

  const log = gateway.entries(ROOM) as LogEntry[];
  const messages = log.filter((entry) => entry.type === 'message');
  const byText = new Map(messages.map((message) => [message.text, message]));
  if (byText.size !== messages.length) problems.push('a message is in the log twice');
  for (const [text, { seq, id }] of acknowledged)
    if (byText.get(text)?.seq !== seq || byText.get(text)?.id !== id)
      problems.push(`${text} is not at ${seq}`);
  for (const { user, room, shown, heard, sent } of pages) {
    for (const text of sent) if (!byText.has(text)) problems.push(`${text} was never sent`);
    const order = sent.map((text) => byText.get(text)?.seq ?? 0);
    if (order.some((seq, i) => seq <= (order[i - 1] ?? 0))) problems.push(`${user} sent in another order`);
    const { cursor, pending, state } = room.snapshot;
    if (state !== 'joined') problems.push(`${user} is ${state}`);
    if (cursor !== log.length) problems.push(`${user} is at ${cursor} of ${log.length}`);
    if (pending.length > 0)
      problems.push(`${user} has pending ${pending.map((send) => `${send.text} (${send.state})`)}`);
    if (heard.some((word) => word === 'reset' || word.startsWith('gap')))
      problems.push(`${user} heard of a gap`);
    const first = shown[0]?.seq ?? 1;
    const due = messages.filter((message) => message.seq >= first).map(({ seq, text }) => `${seq} ${text}`);
    const seen = shown.map((entry) => `${entry.seq} ${'text' in entry ? entry.text : ''}`);
    if (due.join() !== seen.join()) problems.push(`${user} was shown ${seen} instead of ${due}`);
  }
  if (harness.errors.length > 0) problems.push(`reported: ${harness.errors.map(String)}`);
  return {
    problems,
    acknowledged: acknowledged.size,
    shown: pages.reduce((sum, { shown }) => sum + shown.length, 0),
  };
}

function openPage(harness: Harness, user: string, outbox: Outbox): Opened {
  const chat = harness.chat(user, { outbox });
  const room = chat.room(ROOM);
  const shown: LogEntry[] = [];
  const heard = listen(room);
  room.on('message', (message) => shown.push(message));
  chat.connect();
  room.join().catch(() => {});
  return { chat, room, heard, shown };
}

function reopen(harness: Harness, page: Page): Opened {
  page.chat.close();
  return openPage(harness, page.user, page.outbox);
}

/** Frames are lost, late, doubled and answered with nonsense; handshakes are refused or forgotten. */
function randomFaults({ gateway }: Harness, roll: () => number): { stop(): void } {
  const quiet = { ...gateway.faults };
  const some = (): Fault => {
    const dice = roll();
    if (dice < 0.1) return 'drop';
    if (dice < 0.12) return 'cut';
    if (dice < 0.2) return { delayMs: roll() * 5_000 };
    if (dice < 0.22) return { delayMs: roll() * 40_000 };
    if (dice < 0.3) return { copies: 2, delayMs: roll() * 3_000 };
    return undefined;
  };
  const wrong = [
    { message: 'Internal server error', connectionId: 'x=', requestId: 'y' },
    { type: 'error', code: 'unavailable', message: 'Try again.', retryAfterMs: 500 },
    { type: 'error', code: 'rateLimited', message: 'Too fast.', retryAfterMs: 1_500 },
    { type: 'error', code: 'notMember', message: 'Not in.' },
    { type: 'error', code: 'expired', message: 'Over.' },
    { type: 'later', seq: 'what' },
  ];
  gateway.faults = {
    handshake: () => (roll() < 0.2 ? 'refuse' : roll() < 0.1 ? 'silence' : undefined),
    request: (message) => {
      const dice = roll();
      if (dice > 0.1) return some();
      const answer = wrong[Math.floor(roll() * wrong.length)];
      return answer && { answer: { ...answer, ...('room' in message && { room: message.room }) } };
    },
    reply: some,
    push: some,
  };
  return {
    stop() {
      gateway.faults = quiet;
    },
  };
}
