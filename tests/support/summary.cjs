const { appendFileSync, readFileSync, rmSync } = require('node:fs');
const path = require('node:path');

const FIGURES = path.resolve(__dirname, '../../.build/figures.jsonl');

/**
 * Ends a run with what the dots do not tell: the tests that passed only when repeated (each is a defect of the test or
 * of the product), the skipped ones, and the figures that tests have measured. Appends the counts as a line of JSON to
 * the file that `TEST_COUNTS` names.
 */
module.exports = class {
  onRunStart() {
    rmSync(FIGURES, { force: true });
  }

  onRunComplete(_contexts, results) {
    const tests = results.testResults.flatMap(({ testFilePath, testResults }) =>
      testResults.map((test) => ({ ...test, file: path.relative(process.cwd(), testFilePath) })),
    );
    const retried = tests.filter(({ status, invocations }) => status === 'passed' && invocations > 1);
    print('Passed at the second try; the first failure is printed above', retried.map(nameOf));
    print('Skipped', skippedIn(tests));
    print('Measured', figures());
    writeCounts(results);
  }
};

function print(title, lines) {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

const nameOf = ({ file, fullName }) => `${file}: ${fullName}`;

/** A line for each group of skipped tests; the group's title says why. */
function skippedIn(tests) {
  const groups = new Map();
  for (const { status, file, ancestorTitles, title } of tests) {
    if (status !== 'pending') continue;
    const group = `${file}: ${ancestorTitles[0] ?? title}`;
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  return [...groups].map(([group, count]) => `${group} (${count})`);
}

function figures() {
  let lines;
  try {
    lines = readFileSync(FIGURES, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  const width = Math.max(...lines.map(({ what }) => what.length));
  return lines.map(({ what, seen }) => `${what.padEnd(width)}  ${seen}`);
}

/** A file that could not be run counts as a failure. */
function writeCounts({
  numPassedTests,
  numFailedTests,
  numPendingTests,
  numTodoTests,
  numRuntimeErrorTestSuites,
}) {
  if (!process.env.TEST_COUNTS) return;
  const counts = {
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    skipped: numPendingTests + numTodoTests,
  };
  appendFileSync(process.env.TEST_COUNTS, `${JSON.stringify(counts)}\n`);
}
