import { contend } from './contend';
import {
  createTables,
  type Engine,
  hasDynoxide,
  PATIENCE_MS,
  startDynalite,
  startDynoxide,
  type Tables,
} from './engines';

jest.setTimeout(PATIENCE_MS);

let engine: Engine;
let tables: Tables;
beforeAll(async () => {
  engine = await (hasDynoxide ? startDynoxide() : startDynalite());
  tables = await createTables(engine.url);
});
afterAll(() => engine.stop());

it('ten writers share a room without a gap or a double', async () => {
  const arena = {
    connect() {
      const { stores, disconnect } = tables.connect();
      return { log: stores.log, disconnect };
    },
    clock: { now: Date.now, wait: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) },
    random: Math.random,
  };

  const { ids, failures } = await contend(arena, { writers: 10, sends: 10, pauseMs: 10 });

  expect(failures).toEqual([]);
  expect(ids).toHaveLength(100);
  expect([...ids]).not.toContain(undefined);
  expect(new Set(ids).size).toBe(100);
});
