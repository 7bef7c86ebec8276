import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { Admitted } from '../lib/events';
import { admit, createGate } from '../lib/gate';

const gate = createGate();

/** Decides who may open a socket, and says who it is on every later event. */
export async function handler(event: APIGatewayRequestAuthorizerEvent) {
  const admission = await admit(gate, event.multiValueHeaders ?? {});
  if (!admission.ok) return policy('Deny', 'refused', event.methodArn);
  const { user, expiresAt, rights } = admission;
  const context: Admitted = { user: user.id, name: user.name, expires: String(expiresAt), rooms: rights };
  return { ...policy('Allow', user.id, event.methodArn), context };
}

function policy(Effect: 'Allow' | 'Deny', principalId: string, Resource: string) {
  const Statement = [{ Action: 'execute-api:Invoke', Effect, Resource }];
  return { principalId, policyDocument: { Version: '2012-10-17', Statement } };
}
