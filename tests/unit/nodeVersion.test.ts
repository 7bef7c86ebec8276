import { spawnSync } from 'node:child_process';
import path from 'node:path';
import framework from 'serverless/package.json';
import { engines } from '../../package.json';

const SCRIPT = path.resolve(__dirname, '../../scripts/requireNode.cjs');

/** Runs the check as if on this version of Node. */
function check(version: string) {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require(${JSON.stringify(SCRIPT)});`;
  return spawnSync(process.execPath, ['-e', pretend], { encoding: 'utf8' });
}

it.each(['20.19.0', '20.20.2', '22.13.0', '24.0.0', '26.1.0'])('Node %s is supported', (version) => {
  expect(check(version)).toMatchObject({ status: 0, stderr: '' });
});

it.each(['18.20.8', '20.18.3', '21.7.3', '22.12.0', '23.11.1'])(
  'Node %s is refused in one line',
  (version) => {
    const { status, stderr } = check(version);

    expect(status).toBe(1);
    expect(stderr).toMatch(/^edge-chat needs Node 20 from 20\.19 on.*\n$/);
    expect(stderr).toContain(version);
  },
);

it('package.json names the range that the framework needs', () => {
  expect(engines.node).toBe(framework.engines.node);
});
