import { fileProblem } from './util/fileErrors';

/** Where the stack was to listen. */
interface Address {
  host: string;
  port: number;
}

/** Why the stack did not start, as a line that says what to do. */
export function startFailure(error: unknown, { host, port }: Address): string {
  const { code, message, syscall, path } = error as NodeJS.ErrnoException;
  const problem = fileProblem(error);
  if (problem) return path ? `Cannot write ${path}: ${problem}.` : `Cannot write a file: ${problem}.`;
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return message;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken. Stop what uses it, or choose another: npm start -- --port ${port + 1}`;
    case 'EACCES':
      return `Port ${port} needs more rights than this process has. Choose another: npm start -- --port 8080`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Give one of its own, or 0.0.0.0 for all: npm start -- --host 0.0.0.0`;
    default:
      return message;
  }
}
