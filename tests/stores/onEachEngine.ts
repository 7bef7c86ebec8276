import { createTables, type Engine, hasDynoxide, startDynalite, startDynoxide, type Tables } from './engines';

/** The tables of one test, and stores on them. */
export interface Opened extends ReturnType<Tables['connect']> {
  tables: Tables;
}

/** Defines the same tests for each embedded database. Each test has tables of its own, which `opened` gives. */
export function onEachEngine(title: string, define: (opened: () => Opened) => void): void {
  const engines: [string, () => Promise<Engine>][] = [
    ['dynalite', startDynalite],
    ...(hasDynoxide ? [['dynoxide', startDynoxide] as [string, typeof startDynoxide]] : []),
  ];
  describe.each(engines)(`${title}, on %s`, (_name, start) => {
    let engine: Engine;
    let opened: Opened;

    beforeAll(async () => {
      engine = await start();
    });
    afterAll(() => engine.stop());
    beforeEach(async () => {
      const tables = await createTables(engine.url);
      opened = { tables, ...tables.connect() };
    });
    afterEach(async () => {
      opened.disconnect();
      await opened.tables.drop();
    });

    define(() => opened);
  });
}
