import { allGone, descendants, run, START } from './startProcess';
import { within } from './support';

jest.setTimeout(90_000);

describe('leaves no process behind', () => {
  it('when what started it is killed', async () => {
    const npm = `const { spawn } = require('node:child_process'); spawn(process.execPath, [${JSON.stringify(START)}, '--port', '0'], { stdio: 'inherit' });`;
    const { child, url } = run(['-e', npm]);
    await within('the address', url, 60_000);
    const pids = descendants(child.pid ?? 0);

    child.kill('SIGKILL');

    await within('the end of its processes', allGone(pids));
    expect(pids.length).toBeGreaterThanOrEqual(3);
  });

  it('when it is killed before it is up', async () => {
    const { child } = run([START, '--port', '0']);
    const pids = await within('its first processes', firstProcesses(child.pid ?? 0));

    child.kill('SIGKILL');

    await within('the end of its processes', allGone(pids));
  });
});

async function firstProcesses(pid: number): Promise<number[]> {
  for (;;) {
    const pids = descendants(pid);
    if (pids.length > 0) return pids;
    await new Promise(setImmediate);
  }
}
