import { httpApi, webSocketApi } from '../../local/apiGateway/apis';
import { definitionsOf } from '../../local/lambda/functionDefinitions';
import type { Definition } from '../../local/lambda/functions';
import { compileTemplate } from '../../local/template/compile';
import { type ResourceNames, resolve } from '../../local/template/intrinsics';
import { resourceNamesOf } from '../../local/template/resourceNames';
import type { Json, Template } from '../../local/template/template';
import { FILES_AND_RIGHTS } from './sharedStack';
import { root } from './support';

jest.setTimeout(60_000);

const world: ResourceNames = {
  ref: (name) => ({ Table: 'Table-1', 'AWS::Region': 'us-east-1' })[name],
  attribute: (id, name) => (id === 'Table' && name === 'Arn' ? 'arn:table' : undefined),
};

it.each<[string, Json, Json]>([
  ['a reference', { Ref: 'Table' }, 'Table-1'],
  ['an attribute', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:table'],
  ['an attribute in one word', { 'Fn::GetAtt': 'Table.Arn' }, 'arn:table'],
  [
    'a text with names',
    { 'Fn::Sub': `\${Table}/\${Table.Arn}/\${!Literal}` },
    `Table-1/arn:table/\${Literal}`,
  ],
  [
    'a text with its own names',
    { 'Fn::Sub': [`\${Own}@\${AWS::Region}`, { Own: { Ref: 'Table' } }] },
    'Table-1@us-east-1',
  ],
  ['a joined list', { 'Fn::Join': ['-', ['a', { Ref: 'Table' }]] }, 'a-Table-1'],
  ['a chosen item', { 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b'] }] }, 'b'],
  ['what lies deeper', { a: [{ b: { Ref: 'Table' } }], c: 1 }, { a: [{ b: 'Table-1' }], c: 1 }],
])('resolves %s', (_name, value, expected) => {
  expect(resolve(value, world)).toEqual(expected);
});

it.each<[string, Json, RegExp]>([
  ['a name nothing stands for', { Ref: 'Nowhere' }, /Nowhere/],
  ['an attribute nothing stands for', { 'Fn::Sub': `\${Table.Stream}` }, /Table\.Stream/],
  ['a function it does not know', { 'Fn::ImportValue': 'x' }, /Fn::ImportValue/],
])('says so of %s', (_name, value, message) => {
  expect(() => resolve(value, world)).toThrow(message);
});

describe('the compiled template', () => {
  let template: Template;
  const definitions = (suffix = 'one'): Record<string, Definition> =>
    definitionsOf(template, resourceNamesOf(template, suffix), {
      addresses: {
        [`https://${webSocketApi(template, resourceNamesOf(template, suffix)).host}`]: 'http://127.0.0.1:1',
      },
      endpoints: { DYNAMODB: 'http://127.0.0.1:2' },
    });

  beforeAll(async () => {
    template = await compileTemplate({ root, stage: 'dev', params: {} });
  });

  it('is compiled once for each state of its sources', async () => {
    const began = process.hrtime.bigint();

    expect(await compileTemplate({ root, stage: 'dev', params: {} })).toEqual(template);

    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(1000);
  });

  it('is another for other parameters', async () => {
    const other = await compileTemplate({ root, stage: 'dev', params: FILES_AND_RIGHTS });

    expect(JSON.stringify(other)).toContain(`"GUEST_ROOMS":"${FILES_AND_RIGHTS.guestRooms}"`);
  });

  it('gives the gateway its routes, its replies and its authorizer', () => {
    const api = webSocketApi(template, resourceNamesOf(template, 'one'));

    expect(api).toMatchObject({ stage: 'ws', selector: 'action' });
    expect(api.routes.get('$connect')).toBe('edge-chat-dev-connect');
    expect(api.routes.get('sendMessage')).toBe('edge-chat-dev-sendMessage');
    expect(api.replying.has('sendMessage')).toBe(true);
    expect(api.replying.has('$connect')).toBe(false);
    expect(api.authorizer).toEqual({
      functionName: 'edge-chat-dev-authorize',
      headers: ['x-edge-chat-origin'],
    });
    expect(httpApi(template, resourceNamesOf(template, 'one')).routes.get('POST /api/token')).toBe(
      'edge-chat-dev-issueGuestToken',
    );
  });

  it('gives a route no reply when its response is missing', () => {
    const silent = structuredClone(template);
    delete silent.Resources.sendMessageWebsocketsRouteResponse;

    expect(webSocketApi(silent, resourceNamesOf(silent, 'one')).replying.has('sendMessage')).toBe(false);
  });

  it('gives each function its own environment, with local names and addresses', () => {
    const { environment, timeout } = definitions()['edge-chat-dev-sendMessage'] ?? {};

    expect(timeout).toBe(29);
    expect(environment).toMatchObject({
      MESSAGES_TABLE: 'Messages-one',
      MANAGEMENT_ENDPOINT: 'http://127.0.0.1:1/ws',
      FAN_OUT_FUNCTION: 'edge-chat-dev-fanOut',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:2',
    });
    expect(definitions()['edge-chat-dev-connect']?.environment).not.toHaveProperty('MESSAGES_TABLE');
  });
});
