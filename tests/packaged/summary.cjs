const { readFileSync, rmSync } = require('node:fs');
const path = require('node:path');

const figures = path.resolve(__dirname, '../../.build/rehearsal.jsonl');

/** Ends a rehearsal with what was seen, a line each. */
module.exports = class {
  onRunStart() {
    rmSync(figures, { force: true });
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests }) {
    const lines = [
      ...seen(),
      ['checks', `${numPassedTests} hold, ${numFailedTests} fail, ${numPendingTests} left out`],
    ];
    const width = Math.max(...lines.map(([what]) => what.length));
    console.log('\nThe rehearsal');
    for (const [what, text] of lines) console.log(`  ${what.padEnd(width)}  ${text}`);
    console.log('  never run on AWS: see the list in docs/deploy.md');
  }
};

function seen() {
  try {
    return readFileSync(figures, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ what, seen: text }) => [what, text]);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
