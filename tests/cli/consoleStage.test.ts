import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EXIT } from '../../cli/commandLine/exitCodes';
import { createOrders } from '../../cli/console/orders';
import { type Listening, listen } from '../../local/util/listen';
import { signatureFault } from '../../local/util/sigV4';

/** What AWS saw of a call, and what was wrong with its signature. */
interface Call {
  functionName: string | undefined;
  region: string | undefined;
  token: string | undefined;
  payload: unknown;
  fault: string | undefined;
}

const { env } = process;
let folder: string;
let lambda: Listening;
let calls: Call[];
let answer: { status: number; type?: string; body: unknown };

/** Lambda as a stage would answer; it checks the signature that AWS would check. */
beforeEach(async () => {
  calls = [];
  answer = { status: 200, body: {} };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    calls.push({
      functionName: /\/functions\/([\w-]+)\/invocations$/.exec(request.url ?? '')?.[1],
      region: /\/([\w-]+)\/lambda\/aws4_request/.exec(request.headers.authorization ?? '')?.[1],
      token: request.headers['x-amz-security-token']?.toString(),
      payload: JSON.parse(body.toString()),
      fault: signatureFault(request, body, 'lambda'),
    });
    response
      .writeHead(answer.status, answer.type === undefined ? {} : { 'x-amzn-errortype': answer.type })
      .end(JSON.stringify(answer.body));
  });
  lambda = await listen(server);

  folder = mkdtempSync(path.join(tmpdir(), 'edge-chat-profile-'));
  const file = path.join(folder, 'credentials');
  writeFileSync(
    file,
    '[team]\naws_access_key_id = local\naws_secret_access_key = local\naws_session_token = temporary\n',
  );
  process.env = {
    PATH: env.PATH,
    AWS_PROFILE: 'team',
    AWS_SHARED_CREDENTIALS_FILE: file,
    AWS_CONFIG_FILE: path.join(folder, 'none'),
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${lambda.port}`,
  };
});
afterEach(async () => {
  process.env = env;
  await lambda.stop();
  rmSync(folder, { recursive: true });
});

async function order(name: string, payload: object): Promise<object> {
  const orders = await createOrders({ stage: 'prod', region: 'eu-west-1', settle: 1 });
  const run = orders.get(name);
  if (!run) throw new Error(`There is no order ${name}.`);
  return run(payload);
}

it.each([
  ['rooms', 'edge-chat-prod-operatorRooms'],
  ['users', 'edge-chat-prod-operatorUsers'],
  ['ban', 'edge-chat-prod-operatorBan'],
  ['entries', 'edge-chat-prod-operatorExport'],
  ['erase', 'edge-chat-prod-operatorErase'],
])('the order %s of a stage invokes %s with the credentials of the profile', async (name, functionName) => {
  answer.body = { done: name };

  expect(await order(name, { asked: name })).toEqual({ done: name });

  expect(calls).toEqual([
    { functionName, region: 'eu-west-1', token: 'temporary', payload: { asked: name }, fault: undefined },
  ]);
});

it.each([
  [
    'credentials that have ended',
    { status: 403, type: 'ExpiredTokenException', body: { message: 'The token is over.' } },
    'The token is over. Sign in again as for the AWS CLI.',
  ],
  [
    'a right that is missing',
    { status: 403, type: 'AccessDeniedException', body: { Message: 'Not you.' } },
    'Not you. Your AWS identity needs lambda:InvokeFunction on it.',
  ],
  [
    'a stage that does not exist',
    { status: 404, type: 'ResourceNotFoundException', body: { Message: 'None.' } },
    'None. Check --stage and --region, and whether the deployed version has this function.',
  ],
])('says what to do about %s', async (_name, given, sentence) => {
  answer = given;

  await expect(order('rooms', {})).rejects.toMatchObject({
    exitCode: EXIT.unreachable,
    message: `edge-chat-prod-operatorRooms: ${sentence}`,
  });
});

it('says what to do where there are no credentials', async () => {
  process.env.AWS_PROFILE = 'nobody';

  await expect(order('rooms', {})).rejects.toMatchObject({
    message: expect.stringMatching(/No AWS credentials were found\. .*set AWS_PROFILE\.$/),
  });
});
