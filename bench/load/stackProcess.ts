import { terminalLine } from '../../local/console/output';
import { startStack } from '../../local/stack';

/** A local stack that reports its address and what it holds to its parent. */
async function main(): Promise<void> {
  let isStopping = false;
  const print = (line: string) => {
    const shown = isStopping ? undefined : terminalLine(line, true);
    if (shown !== undefined) console.error(shown);
  };
  const stack = await startStack({ print });
  process.on('message', async (asked) => {
    if (asked === 'sample') process.send?.({ type: 'held', ...held() });
    else if (asked === 'stop') {
      // Functions that still run for closing connections end with it.
      isStopping = true;
      await stack.stop();
      process.exit(0);
    }
  });
  process.on('disconnect', () => void stack.stop().then(() => process.exit(0)));
  process.send?.({ type: 'started', url: stack.url });
  console.error(await stack.failed);
  process.exit(1);
}

function held() {
  globalThis.gc?.();
  const { rss, heapUsed: heap } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  return { pid: process.pid, rss, heap, handles };
}

void main();
