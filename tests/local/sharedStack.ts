import { type Stack, startStack } from '../../local/stack';

/** Parameters of stacks with files and rooms of several rights. Their template is compiled once for all of them. */
export const FILES_AND_RIGHTS = {
  files: 'on',
  dailyFileMegabytes: '100',
  guestRooms: '*:rw guarded:rwm quiet:r secret:-',
};

/** A stack for the tests of a file or a block, which stops after them. */
export function sharedStack(options?: Parameters<typeof startStack>[0]): Stack {
  const stack = {} as Stack;
  beforeAll(async () => {
    Object.assign(stack, await startStack(options));
  });
  afterAll(() => stack.stop?.());
  return stack;
}
