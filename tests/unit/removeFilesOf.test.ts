import { removeFilesOf } from '../../lib/files/removeFilesOf';
import type { FileStore } from '../../lib/ports/fileStore';
import { createHarness, finish, range } from './harness';

it('removes 25 files at a time, and stops after ten seconds', async () => {
  const { clock } = createHarness();
  let open = 0;
  let mostOpen = 0;
  const files: Pick<FileStore, 'list' | 'remove'> = {
    list: async () => range(1, 1_000).map(String),
    async remove() {
      mostOpen = Math.max(mostOpen, ++open);
      await clock.wait(500);
      open--;
    },
  };
  const began = clock.now();

  await expect(finish({ clock }, removeFilesOf({ files, clock }, 'ann'))).rejects.toThrow(
    'run the command again',
  );

  expect(mostOpen).toBe(25);
  expect(clock.now() - began).toBeLessThan(11_000);
});
