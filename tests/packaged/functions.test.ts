import { figure } from '../support/figures';
import { compiledTemplate, type Packaged, removeFolders, runPackage } from '../template/packaging';
import { named, ofType, type Template } from '../template/template';
import { reasonFor } from './explained';
import { distinct, forbidden, type Grant, grantsOf, needed, unused } from './grants';
import { nodes } from './nodes';
import { liveThrough } from './scenario';
import { LAMBDA_ADDS, namingOf, type PackagedStack, startPackagedStack } from './stack';

jest.setTimeout(600_000);

/** With retention and files on, because they need more rights. */
const parameters = { historyHours: '1', guestRooms: '*:rwm slowed:rw', files: 'on' };

let packaged: Packaged;
let template: Template;

beforeAll(async () => {
  packaged = await runPackage('dev', parameters, 'real');
  template = compiledTemplate(packaged);
});
afterAll(removeFolders);

describe.each(nodes())('from its zip, on Node %s, every function', (version, node) => {
  let packagedStack: PackagedStack;
  let used: Grant[];

  beforeAll(async () => {
    packagedStack = await startPackagedStack(packaged, node, parameters);
    await liveThrough(packagedStack);
    const { stack, calls } = packagedStack;
    const nameOf = namingOf(stack);
    used = calls.map((call) => needed(call, nameOf));
  });
  afterAll(() => packagedStack?.stop());

  it('loads alone, with the environment its template gives it and no other', () => {
    for (const { id, properties } of ofType(template, 'AWS::Lambda::Function')) {
      const found = packagedStack.running.get(properties.FunctionName);
      const given = Object.keys(properties.Environment.Variables);

      expect(found?.node).toMatch(new RegExp(`^v${version}`));
      const own = found?.variables.filter(
        (name) => !name.startsWith('AWS_ENDPOINT_URL_') && !(name in LAMBDA_ADDS),
      );
      expect({ id, own: own?.sort() }).toEqual({ id, own: given.sort() });
    }
    const slowest = Math.max(...[...packagedStack.running.values()].map(({ loadedMs }) => loadedMs));
    figure(
      `functions on Node ${[...packagedStack.running.values()][0]?.node}`,
      `${packagedStack.running.size} from their zips, slowest load ${slowest} ms`,
    );
  });

  it('answers the events of its routes', () => {
    const asked = ofType(template, 'AWS::Lambda::Function').map(({ properties }) => properties.FunctionName);

    expect([...packagedStack.events.keys()].sort()).toEqual(asked.sort());
    const count = [...packagedStack.events.values()].reduce((sum, each) => sum + each, 0);
    figure(
      `events on Node ${[...packagedStack.running.values()][0]?.node}`,
      `${count} answered as they should be`,
    );
  });

  it('calls nothing that its role does not allow', () => {
    expect(distinct(forbidden(grantsOf(template), used))).toEqual([]);
    figure(
      'AWS calls by functions',
      `${used.length} (${distinct(used).length} different), all allowed by the role of their function`,
    );
  });

  it('has no right that it does not use, but for those explained', () => {
    const left = unused(grantsOf(template), used);

    expect(left.filter((grant) => !reasonFor(grant))).toEqual([]);
    expect(grantsOf(template).filter(reasonFor)).toEqual(left);
    figure(
      'rights',
      `${grantsOf(template).length} granted, ${left.length} that no run here can use, each explained in docs/permissions.md`,
    );
  });

  it('would be seen calling what it may not, or keeping a right it does not need', () => {
    const poorer = structuredClone(template);
    named(poorer, 'AWS::IAM::Role', 'ConnectRole').Policies?.[0]?.PolicyDocument.Statement.pop();
    const richer = structuredClone(template);
    named(richer, 'AWS::IAM::Role', 'ConnectRole').Policies?.[0]?.PolicyDocument.Statement.push({
      Effect: 'Allow',
      Action: 'dynamodb:Scan',
      Resource: { 'Fn::GetAtt': ['Connections', 'Arn'] },
    });

    const narrower = grantsOf(template).map((grant) => ({
      ...grant,
      ...(grant.attributes && { attributes: grant.attributes.filter((name) => name !== 'ttl') }),
    }));
    expect(distinct(forbidden(narrower, used))).toContain('sendMessage dynamodb:UpdateItem <Messages.Arn>');

    expect(distinct(forbidden(grantsOf(poorer), used))).toEqual([
      'connect dynamodb:UpdateItem <Members.Arn>',
    ]);
    expect(distinct(unused(grantsOf(richer), used).filter((grant) => !reasonFor(grant)))).toEqual([
      'connect dynamodb:Scan <Connections.Arn>',
    ]);
  });
});
