import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** Where what was made from the project's sources is kept for the next start. */
export const cacheDirectory = (root: string) => path.join(root, '.build', 'local');

/** A name for the state of these files and directories: another state, another name. */
export async function fingerprint(root: string, sources: string[], salt: unknown = null): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(salt));
  for (const source of sources)
    for (const file of await filesOf(path.join(root, source)))
      hash.update(path.relative(root, file)).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

/** The files below a directory, or the file itself. */
async function filesOf(file: string): Promise<string[]> {
  const names = await readdir(file, { recursive: true }).catch(() => ['']);
  const files = names.sort().map((name) => path.join(file, name));
  const kinds = await Promise.all(files.map((each) => stat(each)));
  return files.filter((_each, i) => kinds[i]?.isFile());
}
