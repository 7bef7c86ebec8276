/**
 * Tests that drive a whole stack over real sockets may miss a time limit on a busy machine: each is run once more, at
 * once, before the next one changes the stack they share. `summary.cjs` lists them at the end of the run. All others
 * must pass the first time.
 */
const { testPath } = expect.getState();

if (/tests\/(browser|cli|doctor|local|package)\//.test(testPath))
  jest.retryTimes(1, { logErrorsBeforeRetry: true, retryImmediately: true });
