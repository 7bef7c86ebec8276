import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const SOURCE = /\.(ts|tsx)$/;
const IMPORT = /\b(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g;
const AWS = /^(@aws-sdk|@smithy)\//;

/** Which modules may reach for what. The first rule whose folder fits counts. */
const adapters =
  /^lib\/aws\/(dynamodb\/(\w+Store|client)|apiGateway\/\w+Poster|sdk\/sdk(?!Failure)\w+|lambda\/\w+|secretsManager\/\w+)\.ts$/;
const compositionRoots = /^lib\/app\//;

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => SOURCE.test(name))
    .map((name) => join(folder, name));
}

function importsOf(file: string): string[] {
  const found = [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, target]) => target ?? '');
  return found.map((target) =>
    target.startsWith('.') ? relative('.', join(dirname(file), target)) : target,
  );
}

function broken(folder: string, allows: (target: string, file: string) => boolean): string[] {
  return sources(folder).flatMap((file) =>
    importsOf(file)
      .filter((target) => !allows(target, file))
      .map((target) => `${file} imports ${target}`),
  );
}

it('finds imports of every shape', () => {
  expect(importsOf('lib/actions/routes.ts')).toEqual(
    expect.arrayContaining(['lib/actions/ping', 'lib/protocol']),
  );
  expect(importsOf('lib/aws/sdk/sdkPoster.ts')).toEqual(
    expect.arrayContaining(['@aws-sdk/client-apigatewaymanagementapi', 'lib/aws/apiGateway/deliveryResult']),
  );
});

it('lets only the adapters in lib/aws/sdk import the AWS SDK', () => {
  expect(broken('lib', (target, file) => !AWS.test(target) || /^lib\/aws\/sdk\/sdk/.test(file))).toEqual([]);
});

it('keeps adapters from importing each other', () => {
  const isOther = (target: string): boolean => adapters.test(`${target}.ts`);

  expect(broken('lib', (target, file) => !adapters.test(file) || !isOther(target))).toEqual([]);
});

it('reads the environment in composition roots only', () => {
  const readers = sources('lib').filter((file) => /process\.env/.test(readFileSync(file, 'utf8')));

  expect(readers.filter((file) => !compositionRoots.test(file))).toEqual([]);
});

it('lets handlers import lib and types only', () => {
  expect(broken('handlers', (target) => target.startsWith('lib/') || target === 'aws-lambda')).toEqual([]);
});

it('lets the client import nothing but the protocol', () => {
  // The frames of lists are no part of the index: there, a page would load them with its first script.
  const protocol = ['lib/protocol', 'lib/protocol/listFrames'];
  const isOwn = (target: string): boolean => target.startsWith('client/') || protocol.includes(target);
  const isAllowed = (target: string, file: string): boolean =>
    isOwn(target) ||
    target.startsWith('node:') ||
    (target === 'react' && /client\/react/.test(file)) ||
    (target === 'ws' && file === 'client/platform/defaults.ts');

  expect(broken('client', isAllowed)).toEqual([]);
});

it('keeps server code out of the page and the terminal', () => {
  const isServer = (target: string): boolean =>
    (target.startsWith('lib/') && target !== 'lib/protocol') || target.startsWith('handlers/');

  expect(broken('web', (target) => !isServer(target))).toEqual([]);
  expect(broken('cli', (target) => !isServer(target))).toEqual([]);
});
