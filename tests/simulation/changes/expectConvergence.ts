import { runSeeds } from '../runSeeds';

const HAPPENS = [
  'compared while whole',
  'edit',
  'delete',
  "edit of another's message",
  "delete of another's message",
  'edit of what is not acknowledged',
  'contest',
  'reaction: settled',
  'send ended with forbidden',
  'send ended with gone',
  'older page',
  'log exported',
  'absence',
  'gap told',
  'page crashed',
  'kicked',
  'erased',
  'row expired',
  'room marked read',
  'room marked unread',
  'unread compared exactly',
  'count of a whole client compared',
];

/** Runs seeds until the operations are made, and expects that all converges and nothing taken back is served. */
export async function expectConvergence(firstSeed: number, operations: number): Promise<void> {
  const totals = await runSeeds(firstSeed, operations, HAPPENS, { kind: 'changes' });

  console.log(
    `${totals.seeds} seeds: ${totals.sends} operations, ${totals.acknowledged} acknowledged, ${totals.shown} shown`,
  );
  expect(totals.sends).toBeGreaterThanOrEqual(operations * 0.99);
}
