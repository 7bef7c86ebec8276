import { createServer, type ServerResponse } from 'node:http';
import type { Invocation, Invoke } from '../lambda/functions';
import { isRecord } from '../template/template';
import { answerJson, readBody, safely } from '../util/http';
import { type Listening, listen } from '../util/listen';
import type { HttpApi } from './apis';
import { awsId, httpEvent, type Route } from './events';

/** The most one request may carry. */
const BODY_BYTES = 10 * 1024 * 1024;

/** Starts what API Gateway is for an HTTP API. */
export async function startHttpApi(api: HttpApi, invoke: Invoke): Promise<Listening> {
  const server = createServer(
    safely(async (request, response) => {
      const { method = '', url = '/', rawHeaders, socket } = request;
      const sourceIp = socket.remoteAddress ?? '';
      if (request.headers.host !== api.host && request.headers.host !== `127.0.0.1:${listening.port}`)
        return answerJson(response, 403, { message: 'Forbidden' }, requestId());

      const route = routeOf(api, method, url.split('?')[0] ?? '/');
      const functionName = route && api.routes.get(route.key);
      if (!functionName) return answerJson(response, 404, { message: 'Not Found' }, requestId());

      const body = await readBody(request, BODY_BYTES);
      if (!body) return answerJson(response, 413, { message: 'Request Entity Too Large' }, requestId());
      answer(
        response,
        await invoke(functionName, httpEvent(api, route, { method, url, rawHeaders, sourceIp, body })),
      );
    }),
  );
  const listening = await listen(server);
  return listening;
}

/** The most exact route first, then those with variables. Greedy ones are not used here, and not imitated. */
function routeOf(api: HttpApi, method: string, path: string): Route | undefined {
  const exact = [`${method} ${path}`, `ANY ${path}`].find((key) => api.routes.has(key));
  if (exact) return { key: exact, variables: {} };
  for (const key of api.routes.keys()) {
    const [verb, pattern = ''] = key.split(' ');
    const variables = verb === method || verb === 'ANY' ? variablesOf(pattern, path) : undefined;
    if (variables) return { key, variables };
  }
  return api.routes.has('$default') ? { key: '$default', variables: {} } : undefined;
}

/** The values of a route's variables, decoded as API Gateway does, if the path fits it. */
function variablesOf(pattern: string, path: string): Record<string, string> | undefined {
  const names = pattern.split('/');
  const parts = path.split('/');
  if (names.length !== parts.length) return undefined;
  const variables: Record<string, string> = {};
  for (const [i, name] of names.entries()) {
    const part = parts[i] ?? '';
    const variable = /^\{(\w+)\}$/.exec(name)?.[1];
    if (variable && part !== '') variables[variable] = decoded(part);
    else if (name !== part) return undefined;
  }
  return variables;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Every answer has an id of its own. */
const requestId = () => ({ 'apigw-requestid': awsId() });

function answer(response: ServerResponse, invocation: Invocation): ServerResponse {
  const id = requestId();
  if (!invocation.ok) return answerJson(response, 500, { message: 'Internal Server Error' }, id);

  const { value } = invocation;
  // Format 2.0: what has no status is the body itself.
  if (!isRecord(value) || value.statusCode === undefined) return answerJson(response, 200, value ?? null, id);

  const body = Buffer.from(String(value.body ?? ''), value.isBase64Encoded === true ? 'base64' : 'utf8');
  const headers = isRecord(value.headers) ? value.headers : {};
  for (const [name, text] of Object.entries({
    'content-type': 'text/plain;charset=UTF-8',
    ...lowerCase(headers),
  }))
    response.setHeader(name, String(text));
  if (Array.isArray(value.cookies)) response.setHeader('set-cookie', value.cookies.map(String));
  response.writeHead(Number(value.statusCode), { ...id, 'content-length': body.length });
  return response.end(body);
}

const lowerCase = (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));
