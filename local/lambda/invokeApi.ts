import { createServer } from 'node:http';
import { type ResourceNames, resolve } from '../template/intrinsics';
import { isRecord, resourcesOf, type Template } from '../template/template';
import { answerJson, readBody, safely } from '../util/http';
import { type Listening, listen } from '../util/listen';
import { signatureFault } from '../util/sigV4';
import type { Invoke } from './functions';

/** The most an asynchronous invocation may carry. */
const EVENT_BYTES = 1024 * 1024;

/**
 * Answers Lambda's Invoke for functions that call functions. An event is accepted at once and retried after
 * failures as the template says, which serverless-offline does not do.
 */
export function serveInvocations(
  invoke: Invoke,
  retries: Map<string, number>,
  retryDelayMs: number,
): Promise<Listening> {
  const server = createServer(
    safely(async (request, response) => {
      const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '') ?? [];
      const body = await readBody(request, EVENT_BYTES);
      const refuse = (status: number, type: string, Message: string) =>
        answerJson(response, status, { Type: 'User', Message }, { 'x-amzn-ErrorType': type });
      if (!name) return refuse(404, 'ResourceNotFoundException', 'Only Invoke is served here.');
      if (!body)
        return refuse(413, 'RequestTooLargeException', `An event holds at most ${EVENT_BYTES} bytes.`);
      // Without this, any page that a developer opens could order the operator's functions about.
      const fault = signatureFault(request, body, 'lambda');
      if (fault !== undefined) return refuse(403, 'InvalidSignatureException', fault);

      const functionName = decodeURIComponent(name).replace(/^.*:function:/, '');
      const event: unknown = JSON.parse(body.toString() || '{}');
      if (request.headers['x-amz-invocation-type'] === 'Event') {
        response.writeHead(202).end();
        return eventually(() => invoke(functionName, event), retries.get(functionName) ?? 2, retryDelayMs);
      }

      const outcome = await invoke(functionName, event);
      if (outcome.ok) return answerJson(response, 200, outcome.value ?? null);
      const { type: errorType, message: errorMessage, trace } = outcome;
      answerJson(response, 200, { errorType, errorMessage, trace }, { 'X-Amz-Function-Error': 'Unhandled' });
    }),
  );
  return listen(server);
}

/** How often each function is tried again after a failed event, where the template says so. */
export function retriesOf(template: Template, names: ResourceNames): Map<string, number> {
  const configs = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').map(({ properties }) =>
    resolve(properties, names),
  );
  return new Map(
    configs
      .filter(isRecord)
      .filter(({ MaximumRetryAttempts }) => MaximumRetryAttempts !== undefined)
      .map(({ FunctionName, MaximumRetryAttempts }) => [String(FunctionName), Number(MaximumRetryAttempts)]),
  );
}

async function eventually(
  run: () => ReturnType<Invoke>,
  retriesLeft: number,
  delayMs: number,
): Promise<void> {
  const { ok } = await run();
  if (ok || retriesLeft === 0) return;
  await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
  await eventually(run, retriesLeft - 1, delayMs);
}
