import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
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
  const [name = ''] = readdirSync(folder).filter((file) => file.startsWith(`${process.pid}-`));
  const other = `${pid}-${name.split('-')[1]}`;
  renameSync(path.join(folder, name), path.join(folder, other));
  return path.join(folder, other);
}

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
    const adopted = await Promise.all([second.adopt(), third.adopt()]);

    expect(adopted.flat()).toEqual([record(1, { after: 7, log: 'log-1' }), record(2)]);
    expect(adopted.filter((all) => all.length > 0)).toHaveLength(1);
  });

  it('does not give what an open client holds', async () => {
    const outbox = createFileOutbox(folder);
    const first = await start(outbox);
    await first.put(record(1));

    const second = await start();

    expect(await second.adopt()).toEqual([]);
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

    expect(await share.adopt()).toEqual([record(1)]);
    expect(await share.adopt()).toEqual([]);
  });

  it('keeps what one journal holds although another cannot be read', async () => {
    const outbox = createFileOutbox(folder);
    const first = await start(outbox);
    await first.put(record(1));
    await first.close();
    give(deadPid());
    mkdirSync(path.join(folder, `${deadPid()}-unreadable.jsonl`));

    const share = await start(outbox);
    expect(await share.adopt()).toEqual([record(1)]);
    await share.put(record(2));
    await share.remove('message-2');
    await share.close();

    expect(await (await start(outbox)).adopt()).toEqual([record(1)]);
  });

  it('reads past a line that a crash has torn', async () => {
    const outbox = createFileOutbox(folder);
    const first = await start(outbox);
    await first.put(record(1));
    await first.close();
    appendFileSync(give(deadPid()), '{"put":{"id":"message-2","ro');

    const share = await start(outbox);

    expect(await share.adopt()).toEqual([record(1)]);
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

    expect(await share.adopt()).toEqual([record(1, { after: 4 })]);
  });

  it('leaves nothing behind when everything was sent', async () => {
    const outbox = createFileOutbox(folder);
    const share = await start(outbox);
    await share.put(record(1));

    await share.remove('message-1');
    await share.close();

    expect(readdirSync(folder)).toEqual([]);
  });
});
