/**
 * Tests that drive a whole stack over real sockets may miss a time-out on a busy machine: each is run once more, at
 * once, before the next one changes the page they share. Its first failure is printed, and the run ends with a list
 * (`retried.cjs`). All others must hold the first time.
 */
const { testPath } = expect.getState();

if (/tests\/(browser|cli|doctor|local|package|torture)\//.test(testPath))
  jest.retryTimes(1, { logErrorsBeforeRetry: true, retryImmediately: true });
