import { nameLog } from '../../lib/app/resources';
import { createEventCursorStore } from '../../lib/aws/dynamodb/eventCursorStore';
import { createLogStore } from '../../lib/aws/dynamodb/logStore';
import { guestIn } from '../local/guests';
import { figure } from '../support/figures';
import { type Packaged, removeFolders, runPackage } from '../template/packaging';
import type { Template } from '../template/template';
import { type EventLog, openEventLog } from './eventLog';
import { reasonFor } from './explained';
import { distinct, forbidden, type Grant, grantsOf, needed, unused } from './grants';
import { nodes } from './nodes';
import { databaseOf, namingOf, type PackagedStack, startPackagedStack } from './stack';

jest.setTimeout(600_000);

const SINKS = ['https', 'fifo', 'bus'] as const;
const nodesHere = nodes();
/** Each sink on one Node, and each Node with one sink. */
const RUNS = SINKS.map((sink, i) => [sink, ...(nodesHere[i % nodesHere.length] ?? ['', ''])] as const);

let packaged: Packaged;

beforeAll(async () => {
  packaged = await runPackage('dev', { events: 'fifo' }, 'real');
});
afterAll(removeFolders);

/** Entries, a change that no function completed, a room that another run holds, an erasure and replays. */
async function liveThrough({ stack, quiet }: PackagedStack, log: EventLog): Promise<void> {
  const run = (name: string, event: object) => stack.invoke(stack.ref(`${name}LambdaFunction`), event);
  const wake = (room: string) =>
    run('Relay', {
      Records: [{ eventSource: 'aws:sqs', messageId: 'wake', body: JSON.stringify({ room }) }],
    });
  const ann = await guestIn(stack, 'lobby', 'Ann');
  const send = async (frame: object) => {
    ann.send({ room: 'lobby', ...frame });
    return ann.nextOf('ack');
  };
  await send({ action: 'sendMessage', id: 'message-1', text: 'one', after: 0 });
  await log.got('lobby', 1);
  await send({ action: 'editMessage', id: 'edit-0001', of: 1, text: 'more', after: 1 });
  await log.got('lobby', 2);

  const { Members = '', Messages = '' } = stack.tables;
  const database = databaseOf(stack);
  const from = { id: 'gone', name: 'Gone' };
  const deletion = {
    type: 'deleted',
    seq: 3,
    of: 1,
    id: 'deletion-1',
    from,
    at: Date.now(),
    by: 'author',
  } as const;
  await createLogStore(database, Messages).put('lobby', deletion);
  expect(await wake('lobby')).toMatchObject({ ok: true, value: { batchItemFailures: [] } });
  await log.got('lobby', 3);

  const cursors = createEventCursorStore(database, Members, nameLog(Messages));
  await cursors.claim('held', 'another', Date.now() + 60_000, Date.now());
  expect(await wake('held')).toMatchObject({ ok: true, value: { batchItemFailures: [] } });
  expect(await cursors.release('held', 'another', 0)).toBe('woken');

  expect(await run('OperatorErase', { room: 'lobby' })).toMatchObject({ ok: true });
  await wake('lobby');
  await log.got('lobby', 3, 2);

  expect(await run('OperatorReplay', { room: 'quiet', from: 1 })).toMatchObject({
    value: { outcome: 'notSentYet' },
  });
  expect(await run('OperatorReplay', { room: 'lobby', from: 1 })).toMatchObject({
    value: { outcome: 'rewound' },
  });
  await log.got('lobby', 3, 3);
  ann.socket.close(1000);
  await quiet();
}

describe.each(RUNS)('with events=%s on Node %s, from their zips', (sink, version, node) => {
  let log: EventLog;
  let packagedStack: PackagedStack;
  let grants: Grant[];
  let used: Grant[];

  beforeAll(async () => {
    log = await openEventLog();
    const params = { events: sink, ...(sink === 'https' && { eventsUrl: log.url }) };
    packagedStack = await startPackagedStack(packaged, node, params, log.print);
    const { stack, calls } = packagedStack;
    if (sink === 'https') log.expectKey(stack.secrets.value(stack.ref('EventsKey'))?.value ?? '');
    await liveThrough(packagedStack, log);
    grants = grantsOf(stack.template as unknown as Template);
    used = calls.map((call) => needed(call, namingOf(stack)));
  });
  afterAll(async () => {
    await packagedStack?.stop();
    await log?.stop();
  });

  it('relay and operatorReplay send each entry in order, erasures, and a room again', () => {
    const seqs = log.events.filter(({ room }) => room === 'lobby').map(({ seq }) => seq);

    expect(seqs.filter((seq, i) => seqs.indexOf(seq) === i)).toEqual([1, 2, 3]);
    expect(log.events).toContainEqual(
      expect.objectContaining({ seq: 1, entry: expect.objectContaining({ type: 'erased' }) }),
    );
    figure(`events=${sink} on Node ${version}`, `${log.events.length} events reached the sink`);
  });

  it('call nothing that their roles do not allow', () => {
    expect(distinct(forbidden(grants, used))).toEqual([]);
  });

  it('have no right that they do not use, but for those explained', () => {
    const own = grants.filter(
      ({ by, partitions, resource }) =>
        ['relay', 'operatorReplay'].includes(by) ||
        partitions?.includes('events#*') ||
        resource === '<RelayWakes.Arn>',
    );
    const left = unused(own, used);

    expect(left.filter((grant) => !reasonFor(grant))).toEqual([]);
    expect(own.filter(reasonFor)).toEqual(left);
  });
});
