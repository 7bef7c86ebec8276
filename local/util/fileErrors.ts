const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file has this name',
  EFBIG: 'a file has reached its maximum size',
  EISDIR: 'a directory has this name',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
};

/** Why a file operation failed, in a few words. `undefined` for any other error. */
export function fileProblem(error: unknown): string | undefined {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  return syscall === 'listen' ? undefined : REASONS[code];
}
