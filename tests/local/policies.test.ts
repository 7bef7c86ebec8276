import { webSocketApi } from '../../local/apiGateway/apis';
import { startWebSocketApi } from '../../local/apiGateway/webSocketApi';
import { distributionOf } from '../../local/cloudfront/distribution';
import { startCloudFront } from '../../local/cloudfront/server';
import { compileTemplate } from '../../local/template/compile';
import { resourceNamesOf } from '../../local/template/resourceNames';
import { listAt, recordAt, type Template } from '../../local/template/template';
import { rawRequest, root, upgradeLines } from './support';

jest.setTimeout(60_000);

/** The names of the headers that the WebSocket's behaviour forwards. */
const forwarded = (template: Template) => {
  const { Properties = {} } = template.Resources.SocketRequests ?? {};
  return listAt(recordAt(recordAt(Properties, 'OriginRequestPolicyConfig'), 'HeadersConfig'), 'Headers');
};

const without = (name: string) => (template: Template) => {
  const headers = forwarded(template);
  headers.splice(headers.indexOf(name), 1);
};

/** The answer to a handshake through the edge of a changed template, at a gateway that lets everyone in. */
async function answerWith(change: (template: Template) => void): Promise<number> {
  const template = structuredClone(await compileTemplate({ root, stage: 'dev', params: {} }));
  change(template);
  const world = resourceNamesOf(template, 'test');
  const api = webSocketApi(template, world);
  const policyDocument = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const gateway = await startWebSocketApi({
    api,
    invoke: async () => ({ ok: true, value: { principalId: 'ann', policyDocument, statusCode: 200 } }),
  });
  const edge = await startCloudFront({});
  edge.serve({
    distribution: distributionOf(template, world, () => 'the-secret'),
    ports: new Map([[api.host, gateway.port]]),
    page: { directory: root, settings: '{}' },
  });
  try {
    const { status, socket } = await rawRequest(edge.port, upgradeLines('/ws', 'chat.example').lines);
    socket.destroy();
    return status;
  } finally {
    await edge.stop();
    await gateway.stop();
  }
}

it.each<[string, (template: Template) => void, number]>([
  ['as it is', () => {}, 101],
  ['without Sec-WebSocket-Key', without('Sec-WebSocket-Key'), 400],
  ['without Sec-WebSocket-Version', without('Sec-WebSocket-Version'), 400],
  ['with Host, which API Gateway does not know', (template) => forwarded(template).push('Host'), 403],
])('a policy %s has the handshake answered as on AWS', async (_case, change, status) => {
  expect(await answerWith(change)).toBe(status);
});

it('an origin that sends no secret is refused as on AWS', async () => {
  const status = await answerWith((template) => {
    const { Properties = {} } = template.Resources.Distribution ?? {};
    for (const origin of listAt(recordAt(Properties, 'DistributionConfig'), 'Origins'))
      delete (origin as Record<string, unknown>).OriginCustomHeaders;
  });

  expect(status).toBe(401);
});
