import { type Stack, startStack } from '../../local/stack';
import { guestToken } from '../local/guests';
import { handshake } from '../local/support';
import { figure } from '../support/figures';

jest.setTimeout(120_000);

const { NOTICED_MS } = require('../../infra/deploy/rotate.js') as { NOTICED_MS: number };

/** Users take turns: one who connects many times a second uses up what a user may consume. */
const USERS = 20;
const PAUSE_MS = 50;

let stack: Stack;
let tokens: string[];

beforeAll(async () => {
  stack = await startStack();
  tokens = await Promise.all(
    Array.from({ length: USERS }, (_, index) => guestToken(stack, `guest ${index}`)),
  );
});
afterAll(() => stack.stop());

const arn = () => stack.ref('OriginSecret');

/** A handshake through CloudFront with its deployed secret, or through another location with this secret. */
async function isLetIn(value?: string): Promise<boolean> {
  const token = tokens.shift() ?? '';
  tokens.push(token);
  const [url, options] = value
    ? [stack.socketDirectUrl, { headers: { 'x-edge-chat-origin': value } }]
    : [stack.socketUrl, {}];
  const outcome = await handshake(url, ['chat.v1', `bearer.${token}`], options);
  if (outcome.open) outcome.socket.socket.terminate();
  return outcome.open;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a rotation of the origin secret', () => {
  it('refuses no handshake while some edges send the old value and some the new', async () => {
    let tries = 0;
    let refused = 0;
    const tryFor = async (ms: number, ...values: (string | undefined)[]) => {
      for (const end = Date.now() + ms; Date.now() < end; await wait(PAUSE_MS))
        for (const value of values) {
          tries++;
          if (!(await isLetIn(value))) refused++;
        }
    };
    await tryFor(1000, undefined);

    const { value } = stack.secrets.rotate(arn());
    await tryFor(NOTICED_MS, undefined);
    await tryFor(3000, undefined, value);

    expect({ refused }).toEqual({ refused: 0 });
    figure('rotation', `${tries} handshakes before, between and after, ${refused} refused`);
  });

  it('has to wait: a function reads the secret again only so often', async () => {
    const tooEarly = stack.secrets.rotate(arn());

    expect(await isLetIn(tooEarly.value)).toBe(false);
  });

  it("must not be followed by another before the edge has learned the first: its value is then nobody's", async () => {
    await wait(NOTICED_MS);

    expect(await isLetIn(stack.secrets.value(arn())?.value)).toBe(true);
    expect(await isLetIn()).toBe(false);
  });
});
