import { type Stack, startStack } from '../../local/stack';

/** A stack for the tests of a file or a block, which stops after them. */
export function sharedStack(options?: Parameters<typeof startStack>[0]): Stack {
  const stack = {} as Stack;
  beforeAll(async () => {
    Object.assign(stack, await startStack(options));
  });
  afterAll(() => stack.stop?.());
  return stack;
}
