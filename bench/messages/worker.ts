import { createDeployedPublisher } from './deployedPublisher';
import { createSdkPublisher } from './sdkPublisher';

export interface Task {
  way: 'ours' | 'index' | 'scan';
  room: string;
  /** Rooms that get a message first, so that code is warm and connections are open. */
  warmUp: string[];
  messages: number;
  files: { sendMessage: string; fanOut: string };
  tables: { flat: string; flatMessages: string };
}

/** One message: when it was begun, in milliseconds since the epoch, and what it took. */
export interface Message {
  began: number;
  wallMs: number;
  cpuMs: number;
  rssMb: number;
}

async function main({ way, room, warmUp, messages, files, tables }: Task): Promise<void> {
  const publish = way === 'ours' ? await createDeployedPublisher(files) : createSdkPublisher(way, tables);
  for (const [i, warm] of warmUp.entries()) await publish(warm, 'x'.repeat(160), i);

  for (let i = 0; i < messages; i++) {
    process.send?.('ready');
    await new Promise((resolve) => process.once('message', resolve));
    const cpu = process.cpuUsage();
    const began = performance.timeOrigin + performance.now();
    await publish(room, 'x'.repeat(160), 1_000 + i);
    const wallMs = performance.timeOrigin + performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = (user + system) / 1000;
    const message: Message = { began, wallMs, cpuMs, rssMb: process.resourceUsage().maxRSS / 1024 };
    process.send?.(message);
  }
}

void main(JSON.parse(process.argv[2] ?? ''));
