/** Ends a run with the tests that held at their second try only: each is a defect, of the test or of what it tests. */
module.exports = class {
  onRunComplete(_contexts, { testResults }) {
    const retried = testResults.flatMap((suite) =>
      suite.testResults
        .filter(({ status, invocations }) => status === 'passed' && invocations > 1)
        .map(({ fullName }) => `${suite.testFilePath}: ${fullName}`),
    );
    if (retried.length === 0) return;
    console.log(`\n${retried.length} held at the second try only; why the first failed is printed above:`);
    for (const test of retried) console.log(`  ${test}`);
  }
};
