import type { Invoke } from '../lambda/functions';
import { isRecord } from '../template/template';
import type { WebSocketApi } from './apis';
import { type Handshake, messageEvent } from './events';

/** Runs the function of a frame's route, and gives what goes back to the sender, if anything does. */
export async function answerFrame(
  api: WebSocketApi,
  invoke: Invoke,
  handshake: Handshake,
  text: string,
): Promise<string | undefined> {
  const routeKey = routeOf(api, text);
  const event = messageEvent(api, handshake, routeKey, text);
  const { connectionId, requestId } = event.requestContext;
  const fault = (message: string) => JSON.stringify({ message, connectionId, requestId });

  if (!api.throttles.takes(routeKey, Date.now())) return fault('Too Many Requests');
  const functionName = api.routes.get(routeKey);
  if (!functionName) return fault('Forbidden');
  const answer = await invoke(functionName, event);
  if (!answer.ok) return fault('Internal server error');

  const body = isRecord(answer.value) ? answer.value.body : undefined;
  return typeof body === 'string' && api.replying.has(routeKey) ? body : undefined;
}

/** The route a frame asks for. The keys of API Gateway's own events are no routes a client can name. */
function routeOf(api: WebSocketApi, text: string): string {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return '$default';
  }
  const asked = isRecord(frame) ? frame[api.selector] : undefined;
  return typeof asked === 'string' && !asked.startsWith('$') && api.routes.has(asked) ? asked : '$default';
}
