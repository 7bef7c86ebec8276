import type { LogEntry } from '../../lib/protocol';
import { connectToFunction, type InvokeFunction } from '../operator/invokeFunction';
import type { StackOptions } from '../operator/stackOptions';
import { jsonLine } from '../terminal/terminalText';
import { type AlarmsView, connectToCloudWatch, readAlarms } from './alarms';
import type { Order } from './consoleServer';

/** What the orders need besides the stack. */
export interface ConsoleOptions extends StackOptions {
  /** The wait before the second run of an erasure, in seconds. */
  settle: number;
}

/** Orders that are a call of a function: the function checks the payload. */
const FUNCTIONS = {
  rooms: 'operatorRooms',
  users: 'operatorUsers',
  ban: 'operatorBan',
  entries: 'operatorExport',
  erase: 'operatorErase',
} as const;

/** Makes the orders of the console's page, by name. Each works with the caller's own AWS credentials. */
export async function createOrders({
  settle,
  ...stack
}: ConsoleOptions): Promise<ReadonlyMap<string, Order>> {
  const calls = await Promise.all(
    Object.entries(FUNCTIONS).map(async ([order, name]): Promise<[string, Order]> => {
      const invoke = await connectToFunction(name, stack);
      return [order, async (payload) => (await invoke(payload)) as object];
    }),
  );
  const exportRoom = exportLines(await connectToFunction(FUNCTIONS.entries, stack));
  const isLocal = isLocalStack(process.env);
  return new Map<string, Order>([
    ...calls,
    ['export', exportRoom],
    ['stack', async () => ({ stage: stack.stage, region: stack.region, settle, isLocal })],
    ['alarms', () => showAlarms(stack, isLocal)],
  ]);
}

/** Exports a page of a room as lines that a terminal can show, as `edge-chat export` writes them. */
function exportLines(invoke: InvokeFunction): Order {
  return async (payload) => {
    const { messages, next } = (await invoke(payload)) as { messages: LogEntry[]; next?: number };
    return { lines: messages.map((entry) => `${jsonLine(entry)}\n`).join(''), count: messages.length, next };
  };
}

async function showAlarms(stack: StackOptions, isLocal: boolean): Promise<AlarmsView> {
  if (isLocal)
    return {
      kind: 'none',
      sentence:
        'The local stack has no alarms: CloudWatch makes them, on AWS. Its page /_stats shows numbers.',
    };
  return readAlarms(stack.stage, await connectToCloudWatch(stack));
}

/** Whether the functions are those of `npm start`, on this machine. */
export function isLocalStack(env: NodeJS.ProcessEnv): boolean {
  const endpoint = env.AWS_ENDPOINT_URL_LAMBDA || env.AWS_ENDPOINT_URL || '';
  return URL.canParse(endpoint) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname);
}
