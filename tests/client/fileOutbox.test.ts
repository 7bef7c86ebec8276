import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OutboxRecord, OutboxShare } from '../../client';
import { createFileOutbox } from '../../client/outbox/file';

const record = (n: number, over: Partial<OutboxRecord> = {}): OutboxRecord => ({
  id: `message-${n}`,
  room: 'lobby',
  text: `text ${n}`,
  user: 'ann',
  at: n,
  order: n,
  state: 'pending',
  ...over,
});

let folder: string;
const opened: OutboxShare[] = [];

/** Opens a share that is closed after the test, if the test does not. */
async function start(outbox = createFileOutbox(folder)): Promise<OutboxShare> {
  const share = await outbox.open();
  opened.push(share);
  return share;
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'outbox-'));
});

afterEach(async () => {
  for (const share of opened.splice(0)) await Promise.resolve(share.close()).catch(() => {});
  rmSync(folder, { recursive: true, force: true });
});

/** Makes a closed client's journal look like that of a process that is gone, or of one that lives. */
function give(pid: number): string {
  const [name = ''] = readdirSync(folder).filter((file) => file.startsWith('0-'));
  const other = name.replace(/^0-/, `${pid}-`);
  renameSync(path.join(folder, name), path.join(folder, other));
  return path.join(folder, other);
}

const all = () => true;
const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;

describe('the outbox in a folder', () => {
  it('gives what a closed client has left, in order, to the next one only', async () => {
    const outbox = createFileOutbox(folder);
    const first = await start(outbox);
    await first.put(record(2));
    await first.put(record(1));
    await first.put(record(3));
    await first.put(record(1, { after: 7, log: 'log-1' }));
    await first.remove('message-3');
    await first.close();

    const second = await start(outbox);
    const third = await start(outbox);
    const adopted = await Promise.all([second.adopt(all), third.adopt(all)]);

    expect(adopted.flat()).toEqual([record(1, { after: 7, log: 'log-1' }), record(2)]);
    expect(adopted.filter((records) => records.length > 0)).toHaveLength(1);
  });

  it('leaves a file alone that is no journal', async () => {
    const share = await start();
    appendFileSync(path.join(folder, 'notes.txt'), 'mine');

    expect(await share.adopt(all)).toEqual([]);
    expect(readdirSync(folder)).toContain('notes.txt');
  });

  it('does not give what an open client holds', async () => {
    const outbox = createFileOutbox(folder);
    const first = await start(outbox);
    await first.put(record(1));

    const second = await start();

    expect(await second.adopt(all)).toEqual([]);
  });

  it('takes over the journal of a process that is gone, not that of one that lives', async () => {
    const outbox = createFileOutbox(folder);
    for (const n of [1, 2]) {
      const share = await start(outbox);
      await share.put(record(n));
      await share.close();
      give(n === 1 ? deadPid() : process.ppid);
    }

    const share = await start(outbox);

    expect(await share.adopt(all)).toEqual([record(1)]);
    expect(await share.adopt(all)).toEqual([]);
  });

  it('keeps what one journal holds although another cannot be read', async () => {
    const outbox = createFileOutbox(folder);
    const first = await start(outbox);
    await first.put(record(1));
    await first.close();
    give(deadPid());
    mkdirSync(path.join(folder, `0-00000000-${'0'.repeat(16)}.jsonl`));

    const share = await start(outbox);
    expect(await share.adopt(all)).toEqual([record(1)]);
    await share.put(record(2));
    await share.remove('message-2');
    await share.close();

    expect(await (await start(outbox)).adopt(all)).toEqual([record(1)]);
  });

  it('reads past a line that a crash has torn', async () => {
    const outbox = createFileOutbox(folder);
    const first = await start(outbox);
    await first.put(record(1));
    await first.close();
    appendFileSync(give(deadPid()), '{"put":{"id":"message-2","ro');

    const share = await start(outbox);

    expect(await share.adopt(all)).toEqual([record(1)]);
  });

  it('takes of two copies the one that is safe to send', async () => {
    const outbox = createFileOutbox(folder);
    for (const after of [undefined, 9, 4]) {
      const share = await start(outbox);
      await share.put(record(1, after === undefined ? {} : { after }));
      await share.close();
      give(deadPid());
    }

    const share = await start(outbox);

    expect(await share.adopt(all)).toEqual([record(1, { after: 4 })]);
  });

  it('leaves nothing behind when everything was sent', async () => {
    const outbox = createFileOutbox(folder);
    const share = await start(outbox);
    await share.put(record(1));

    await share.remove('message-1');
    await share.close();

    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves another user's messages to that user", async () => {
    const first = await start();
    await first.put(record(1));
    await first.put(record(2, { user: 'bob' }));
    await first.close();
    const byUser = (user: string) => (left: OutboxRecord) => left.user === user;

    const share = await start();

    expect(await share.adopt(byUser('cem'))).toEqual([]);
    expect(await share.adopt(byUser('bob'))).toEqual([record(2, { user: 'bob' })]);
    expect(await (await start()).adopt(all)).toEqual([record(1)]);
  });

  it.each([
    ['this process, in another thread or a second copy of this module', '', process.pid],
    ['a process of another container, with an id that nobody has here', 'ffffffff', 1_999_999_999],
  ])('leaves the journal of %s, as long as it is touched', async (_name, machine, pid) => {
    const first = await start();
    await first.put(record(1));
    await first.close();
    const given = give(pid);
    const journal = machine ? given.replace(/-[0-9a-f]{8}-/, `-${machine}-`) : given;
    renameSync(given, journal);
    const share = await start();

    expect(await share.adopt(all)).toEqual([]);

    const before = new Date(Date.now() - 31_000);
    utimesSync(journal, before, before);
    expect(await share.adopt(all)).toEqual([record(1)]);
  });

  it('tells a client that was suspended that it has lost its messages, and goes on with new ones', async () => {
    const suspended = await start();
    await suspended.put(record(1));
    const [name = ''] = readdirSync(folder);
    renameSync(path.join(folder, name), path.join(folder, name.replace(/^\d+/, '0')));
    expect(await (await start()).adopt(all)).toEqual([record(1)]);

    expect(await suspended.put(record(1, { after: 3 }))).toBe('lost');
    expect(await suspended.put(record(2))).toBe('kept');
    await suspended.close();

    expect(await (await start()).adopt(all)).toEqual([record(2)]);
  });
});
