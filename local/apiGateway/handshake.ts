import type { IncomingMessage } from 'node:http';
import type { Invocation, Invoke } from '../lambda/functions';
import { isRecord } from '../template/template';
import type { WebSocketApi } from './apis';
import { authorizerEvent, connectArn, connectEvent, type Handshake } from './events';
import { allows } from './iamPolicy';

/** Whether a handshake is let in, and what its answer says. */
export type HandshakeResult =
  | { ok: true; handshake: Handshake; protocol: string | undefined }
  | { ok: false; status: number; message: string };

const refused = (status: number, message: string): HandshakeResult => ({ ok: false, status, message });

/** What is wrong with a request as a WebSocket handshake, if anything is. */
export function faultOf({ method, headers }: IncomingMessage): string | undefined {
  const key = headers['sec-websocket-key'];
  if (method !== 'GET') return 'A WebSocket handshake is a GET.';
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'Upgrade must be "websocket".';
  if (!key || !/^[A-Za-z0-9+/]{22}==$/.test(key)) return 'Sec-WebSocket-Key is missing or malformed.';
  if (headers['sec-websocket-version'] !== '13') return 'Sec-WebSocket-Version must be 13.';
  return undefined;
}

/** Asks the authorizer, then `$connect`, as API Gateway does while the upgrade waits. */
export async function acceptHandshake(
  api: WebSocketApi,
  request: IncomingMessage,
  handshake: Handshake,
  invoke: Invoke,
): Promise<HandshakeResult> {
  const { authorizer } = api;
  let accepted = handshake;

  if (authorizer) {
    // Without an identity source the authorizer does not even run.
    if (authorizer.headers.some((name) => !request.headers[name])) return refused(401, 'Unauthorized');
    const verdict = judge(
      await invoke(authorizer.functionName, authorizerEvent(api, handshake)),
      connectArn(api),
    );
    if (!verdict.ok) return verdict;
    accepted = { ...handshake, authorizer: verdict.context };
  }

  const functionName = api.routes.get('$connect');
  if (!functionName) return { ok: true, handshake: accepted, protocol: undefined };
  const answer = await invoke(functionName, connectEvent(api, accepted));
  if (!answer.ok || !isRecord(answer.value)) return refused(502, 'Internal server error');

  const status = Number(answer.value.statusCode);
  if (!(status >= 200 && status < 300)) return refused(status >= 400 ? status : 500, 'Forbidden');
  return { ok: true, handshake: accepted, protocol: protocolIn(answer.value.headers) };
}

type Verdict = { ok: true; context: Record<string, string> } | (HandshakeResult & { ok: false });

/** Reads an authorizer's answer. Anything that is no policy is the API's own fault: 500. */
function judge(answer: Invocation, arn: string): Verdict {
  const broken = { ok: false, status: 500, message: 'Internal server error' } as const;
  if (!answer.ok)
    return answer.message === 'Unauthorized' ? { ok: false, status: 401, message: 'Unauthorized' } : broken;
  if (!isRecord(answer.value)) return broken;

  const { principalId, policyDocument, context = {} } = answer.value;
  if (typeof principalId !== 'string' || !isRecord(policyDocument) || !isRecord(context)) return broken;
  const values = Object.entries(context);
  if (values.some(([, value]) => typeof value === 'object')) return broken;
  if (!allows(policyDocument, arn)) return { ok: false, status: 403, message: 'Forbidden' };

  const texts = values.map(([name, value]) => [name, String(value)]);
  return { ok: true, context: { ...Object.fromEntries(texts), principalId, integrationLatency: '1' } };
}

function protocolIn(headers: unknown): string | undefined {
  if (!isRecord(headers)) return undefined;
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol');
  return found ? String(found[1]) : undefined;
}
