const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'a file has this name',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
};

/** Says in a few words why the disk refused something; `undefined` for any other error. */
export function diskProblem(error: unknown): string | undefined {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : (REASONS[code] ?? code);
}
