import { createTables, type Engine, type Tables } from './engines';

/** The tables of one test, and stores on them. */
export interface Opened extends ReturnType<Tables['connect']> {
  tables: Tables;
}

/** Defines tests that share an engine. Each has tables of its own, which `opened` gives. */
export function describeOnEngine(
  title: string,
  start: () => Promise<Engine>,
  define: (opened: () => Opened) => void,
): void {
  describe(title, () => {
    let engine: Engine;
    let opened: Opened;

    beforeAll(async () => {
      engine = await start();
    });
    afterAll(() => engine.stop());
    beforeEach(async () => {
      const tables = await createTables(engine.url);
      opened = Object.assign(tables.connect(), { tables });
    });
    afterEach(async () => {
      opened.disconnect();
      await opened.tables.drop();
    });

    define(() => opened);
  });
}
