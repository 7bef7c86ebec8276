// Runs `npm start` as a user would: the page and a guest's token must come, and Ctrl-C must end it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const LIMIT_MS = 120_000;

const npm = spawn('npm', ['start', '--', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
});
const late = setTimeout(() => fail(`npm start was not done within ${LIMIT_MS} ms.`), LIMIT_MS);

function fail(line) {
  console.error(line);
  process.kill(-npm.pid, 'SIGKILL');
  process.exit(1);
}

function check(isSo, line) {
  if (!isSo) fail(line);
}

let printed = '';
for await (const chunk of npm.stdout) {
  process.stdout.write(chunk);
  printed += chunk;
  const url = /http:\/\/\S+/.exec(printed)?.[0];
  if (url) {
    await visit(url);
    break;
  }
}
check(npm.exitCode === null, 'npm start ended by itself.');
process.kill(-npm.pid, 'SIGINT');
await once(npm, 'exit');
clearTimeout(late);

async function visit(url) {
  const page = await fetch(url);
  check(page.ok && (await page.text()).includes('<script'), `${url} serves no page.`);
  const body = JSON.stringify({ name: 'Ann' });
  const token = await fetch(`${url}/api/token`, { method: 'POST', headers: { origin: url }, body });
  check(token.ok, `${url}/api/token answered ${token.status}.`);
}
