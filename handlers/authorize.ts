import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { admit, createGate } from '../lib/auth/authorizeHandshake';
import type { Admitted } from '../lib/aws/apiGateway/events';
import { watched } from '../lib/telemetry/withTelemetry';

const gate = createGate();

/** Decides who may open a socket, and says who it is on every later event. */
export const handler = watched('authorize', async (event: APIGatewayRequestAuthorizerEvent, tally) => {
  const admission = await admit(gate, event.multiValueHeaders ?? {});
  if (!admission.ok) {
    tally.add('ConnectionsRefused');
    tally.note({ outcome: 'refused', reason: admission.why });
    return policy('Deny', 'refused', event.methodArn);
  }
  const { user, expiresAt, rights } = admission;
  tally.note({ outcome: 'allowed', userId: user.id });
  const context: Admitted = { user: user.id, name: user.name, expires: String(expiresAt), rooms: rights };
  return { ...policy('Allow', user.id, event.methodArn), context };
});

function policy(Effect: 'Allow' | 'Deny', principalId: string, Resource: string) {
  const Statement = [{ Action: 'execute-api:Invoke', Effect, Resource }];
  return { principalId, policyDocument: { Version: '2012-10-17', Statement } };
}
