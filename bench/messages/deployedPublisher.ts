import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Publish } from './publish';

type Handler = (event: unknown, context: object) => Promise<{ body: string } | undefined>;

const context = { getRemainingTimeInMillis: () => 110_000 };

/**
 * Our functions as they are deployed. This process stands in for Lambda: it starts the fan-out at once, and a message
 * has been published when the function replied and the fan-out ended.
 */
export async function createDeployedPublisher(files: {
  sendMessage: string;
  fanOut: string;
}): Promise<Publish> {
  let working: Promise<unknown> = Promise.resolve();
  const lambda = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    working = load(files.fanOut)(JSON.parse(body), context);
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  lambda.unref();
  process.env.AWS_ENDPOINT_URL_LAMBDA = `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  const send = load(files.sendMessage);
  const heads = new Map<string, number>();

  return async (room, text, number) => {
    const after = heads.get(room) ?? 0;
    const id = `message-${process.pid}-${number}`;
    const reply = await send(
      {
        requestContext: {
          eventType: 'MESSAGE',
          routeKey: 'sendMessage',
          connectionId: `${room}-000000=`,
          authorizer: { user: 'ann', name: 'Ann', expires: '4000000000000', rooms: '*:rw' },
        },
        body: JSON.stringify({ action: 'sendMessage', room, id, text, after }),
      },
      context,
    );
    const answer = JSON.parse(reply?.body ?? '{}');
    if (answer.type !== 'ack') throw new Error(`The message was answered ${reply?.body}`);
    heads.set(room, answer.seq);
    await working;
  };
}

function load(file: string): Handler {
  return (require(file) as { handler: Handler }).handler;
}
