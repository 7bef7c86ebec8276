import { createServer, type IncomingMessage } from 'node:http';
import { listen } from '../../../local/util/listen';
import { type Account, emptyAccount } from './account';
import { type Answer, type Call, json, Refusal, type Service, xml, xmlAnswer } from './answer';
import { apiGateway } from './apiGateway';
import { cloudFormation } from './cloudFormation';
import { cloudFront } from './cloudFront';
import { dynamoDb, ecr, lambda, sts } from './others';
import { s3 } from './s3';
import { secretsManager } from './secretsManager';
import { CREDENTIALS, type Signed, signatureOf } from './signature';

/** A cloud that answers the framework and the plugin as AWS would, refuses bad signatures, and writes every call down. */
export interface Cloud {
  url: string;
  account: Account;
  /** The calls so far, in order. */
  calls: Call[];
  /** Signatures that were refused. */
  refused: string[];
  /** Makes a call fail with this code from now on: `s3 PutObject`, for example. */
  failing: Map<string, { code: string; message: string; status?: number }>;
  /** What a process needs to work here and nowhere else. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

export async function startCloud(): Promise<Cloud> {
  const account = emptyAccount();
  const services: Record<string, Service> = {
    apigateway: apiGateway(account),
    cloudformation: cloudFormation(account),
    cloudfront: cloudFront(account),
    dynamodb: dynamoDb(account),
    ecr,
    lambda: lambda(account),
    s3: s3(account.buckets),
    secretsmanager: secretsManager(account.secrets),
    sts,
  };
  const calls: Call[] = [];
  const refused: string[] = [];
  const failing: Cloud['failing'] = new Map();

  const answerTo = (request: IncomingMessage, body: Buffer, signed: Signed): Answer => {
    if (!signed.ok) {
      refused.push(`${request.method} ${request.url}: ${signed.code} ${signed.message}`);
      return failure('', signed, 403);
    }
    const { service, region } = signed;
    const [path = '', query] = (request.url ?? '').split('?');
    const asked = {
      service,
      region,
      method: request.method ?? '',
      path,
      query: new URLSearchParams(query),
      headers: request.headers,
      body,
    };
    let said: Call | undefined;
    const say = (action: string, resource: string) => {
      said = { service, action, resource, region };
      calls.push(said);
    };
    try {
      const known = services[service];
      if (!known) throw new Refusal('UnknownService', `Nobody here answers for ${service}.`);
      const answer = known(asked, say);
      const fault = failing.get(`${service} ${said?.action}`);
      return fault ? failure(service, fault, fault.status) : answer;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return failure(service, error, error.status, request.method === 'HEAD');
    }
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { status, headers = {}, body: text } = answerTo(request, body, signatureOf(request, body));
    response.writeHead(status, headers).end(text);
  });
  const { port, stop } = await listen(server);
  const url = `http://127.0.0.1:${port}`;

  return {
    url,
    account,
    calls,
    refused,
    failing,
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      SLS_AWS_MONITORING_FREQUENCY: '20',
      SLS_AWS_REQUEST_MAX_RETRIES: '0',
    },
    stop,
  };
}

/** A failure in the form of the service's protocol. */
function failure(
  service: string,
  { code, message }: { code: string; message: string },
  status = 400,
  bare = false,
): Answer {
  if (bare) return { status };
  if (service === 's3') return xmlAnswer(xml('Error', { Code: code, Message: message }), status);
  if (['cloudformation', 'sts', 'cloudfront', ''].includes(service))
    return xmlAnswer(
      xml('ErrorResponse', { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: 'r' }),
      status,
    );
  const answer = json({ __type: code, message }, status);
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': code } };
}
