import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { createHandshakePolicy } from '../lib/app/handshakePolicy';
import { withTelemetry } from '../lib/app/withTelemetry';
import { authorizeHandshake } from '../lib/auth/authorizeHandshake';
import type { AuthorizerContext } from '../lib/aws/apiGateway/events';
import { viewerOf } from '../lib/telemetry/viewer';

const handshakePolicy = createHandshakePolicy();

/** Decides who may open a socket, and says who it is on every later event. */
export const handler = withTelemetry(
  'authorize',
  async (event: APIGatewayRequestAuthorizerEvent, metrics) => {
    const headers = event.multiValueHeaders ?? {};
    const decision = await authorizeHandshake(handshakePolicy, headers);
    if (!decision.ok) {
      // Past CloudFront a stranger writes the headers. What API Gateway saw is then the only address.
      const { sourceIp } = event.requestContext.identity;
      const client = decision.why === 'notFromEdge' ? { address: sourceIp } : viewerOf(headers);
      metrics.annotate({ client });
      metrics.increment('ConnectionsRefused');
      metrics.annotate({ outcome: 'refused', reason: decision.why });
      return policy('Deny', 'refused', event.methodArn);
    }
    const { user, expiresAt, permissions } = decision;
    metrics.annotate({ outcome: 'allowed', userId: user.id });
    const context: AuthorizerContext = {
      user: user.id,
      name: user.name,
      ...(user.role !== undefined && { role: user.role }),
      expires: String(expiresAt),
      rooms: permissions,
    };
    return { ...policy('Allow', user.id, event.methodArn), context };
  },
);

function policy(Effect: 'Allow' | 'Deny', principalId: string, Resource: string) {
  const Statement = [{ Action: 'execute-api:Invoke', Effect, Resource }];
  return { principalId, policyDocument: { Version: '2012-10-17', Statement } };
}
