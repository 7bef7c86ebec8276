/** What one fresh process measured, in milliseconds and MB. */
export interface ColdStart {
  load: number;
  first: number;
  both: number;
  cpu: number;
  rssMb: number;
}

const context = { awsRequestId: '6b1b2d7e-0d3c-4a6e-9d0e-0a1b2c3d4e5f' };

/** Loads a bundled function and runs it once, as a container does that Lambda has just started. */
async function main(file: string, event: object): Promise<void> {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const { handler } = require(file) as {
    handler(event: object, context: object): Promise<{ body?: string }>;
  };
  const loaded = performance.now();
  const { body } = await handler(event, context);
  const done = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  if (body !== undefined && JSON.parse(body).type !== 'ack') throw new Error(`It answered ${body}`);
  const start: ColdStart = {
    load: loaded - began,
    first: done - loaded,
    both: done - began,
    cpu: (user + system) / 1000,
    rssMb: process.memoryUsage().rss / 2 ** 20,
  };
  process.send?.(start);
}

const { file, event } = JSON.parse(process.argv[2] ?? '{}');
void main(file, event);
