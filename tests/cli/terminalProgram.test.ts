import path from 'node:path';
import { type Stack, startStack } from '../../local/stack';
import { type Ran, start } from './run';

jest.setTimeout(60_000);

interface Program {
  /** Waits for what the screen has to show since the last time. */
  sees(text: string): Promise<void>;
  type(keys: string): void;
  ended: Promise<Ran>;
}

describe('npx edge-chat chat, at a terminal', () => {
  let stack: Stack;
  const programs: Program[] = [];

  beforeAll(async () => {
    stack = await startStack();
  });
  afterEach(async () => {
    for (const { type, ended } of programs.splice(0)) {
      type('\u0003');
      await ended;
    }
  });
  afterAll(() => stack?.stop());

  /** Starts the program as a user does. */
  function chatAs(name: string): Program {
    const { child, ended } = start(['chat', stack.socketUrl, '--room', 'lobby', '--name', name], {}, [
      '--import',
      path.join(__dirname, 'fakeTerminal.mjs'),
    ]);
    let unseen = '';
    let look = () => {};
    child.stdout.on('data', (data: Buffer) => {
      unseen += data;
      look();
    });
    const sees = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        look = () => {
          const at = unseen.indexOf(text);
          if (at < 0) return;
          unseen = unseen.slice(at + text.length);
          resolve();
        };
        look();
        ended.then(() => reject(new Error(`${name} did not see ${text}, but ${unseen}`)), reject);
      });
    const program = { sees, type: (keys: string) => void child.stdin.write(keys), ended };
    programs.push(program);
    return program;
  }
  it('says how many others are there, who they are, and who comes and goes', async () => {
    const ann = chatAs('ann');
    await ann.sees('You are in lobby alone.');

    const ben = chatAs('ben');
    await ben.sees('You are in lobby with 1 other.');
    await ann.sees('ben is here');
    ben.type('/who\r');
    await ben.sees('ann\nben\n');
    ann.type('hello\r');
    await ben.sees('ann: hello');
    ben.type('/quit\r');

    expect(await ben.ended).toMatchObject({ code: 0, err: '' });
    await ann.sees('ben has left');
  });
});
