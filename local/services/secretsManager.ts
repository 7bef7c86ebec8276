import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type ResourceNames, resolveText } from '../template/intrinsics';
import {
  isRecord,
  type JsonRecord,
  recordAt,
  resourcesOf,
  type Template,
  textAt,
} from '../template/template';
import { answerJson, readBody, safely } from '../util/http';
import { type Listening, listen } from '../util/listen';
import { signatureFault } from '../util/sigV4';

/** The stages a version can carry, as the code under test reads them. */
export type VersionStage = 'AWSCURRENT' | 'AWSPREVIOUS';

interface Version {
  id: string;
  value: string;
}

/** Local secrets, newest version first. */
export interface Secrets {
  /** The value of a version; the current one unless a stage or version id is named. */
  value(
    arn: string,
    wanted?: { stage?: string | undefined; version?: string | undefined },
  ): Version | undefined;
  /** Makes a value current and the current one previous. */
  put(arn: string, value: string): Version;
  /** Makes a new random value current. */
  rotate(arn: string): Version;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Every secret of the template, generated, or read from the file when there is one from an earlier run. */
export function openSecrets(template: Template, names: ResourceNames, file?: string): Secrets {
  const versions = new Map<string, Version[]>(file ? stored(file) : []);

  const put = (arn: string, value: string) => {
    const version = { id: randomUUID(), value };
    versions.set(arn, [version, ...(versions.get(arn) ?? [])].slice(0, 2));
    if (file) writeFileSync(file, JSON.stringify([...versions]), { mode: 0o600 });
    return version;
  };

  for (const { id, properties } of resourcesOf(template, 'AWS::SecretsManager::Secret')) {
    const arn = names.ref(id) ?? id;
    if (!versions.has(arn)) put(arn, initial(properties, names));
  }

  return {
    value(arn, { stage = 'AWSCURRENT', version } = {}) {
      const known = versions.get(arn) ?? [];
      if (version) return known.find(({ id }) => id === version);
      return known[stage === 'AWSPREVIOUS' ? 1 : 0];
    },
    put,
    rotate: (arn) => put(arn, random(48)),
  };
}

/** Answers GetSecretValue as Secrets Manager does. */
export function serveSecrets(secrets: Secrets): Promise<Listening> {
  const server = createServer(
    safely(async (request, response) => {
      const body = await readBody(request, 65_536);
      const target = String(request.headers['x-amz-target']);
      const fail = (type: string, Message: string) =>
        answerJson(response, 400, { __type: type, Message }, { 'x-amzn-ErrorType': type });
      const fault = signatureFault(request, body ?? Buffer.of(), 'secretsmanager');
      if (fault !== undefined) return fail('InvalidSignatureException', fault);
      const asked: unknown = JSON.parse(body?.toString() || '{}');

      if (target !== 'secretsmanager.GetSecretValue' || !isRecord(asked))
        return fail('InvalidRequestException', `The local Secrets Manager does not know ${target}.`);

      const arn = textAt(asked, 'SecretId') ?? '';
      const stage = textAt(asked, 'VersionStage');
      const version = textAt(asked, 'VersionId');
      const found = secrets.value(arn, { stage, version });
      if (!found)
        return fail(
          'ResourceNotFoundException',
          `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
        );

      const Name = arn.split(':secret:')[1] ?? arn;
      answerJson(response, 200, {
        ARN: arn,
        Name,
        VersionId: found.id,
        SecretString: found.value,
        VersionStages: [stage ?? 'AWSCURRENT'],
      });
    }),
  );
  return listen(server);
}

/** Replaces `{{resolve:secretsmanager:…}}` by the secret, as CloudFormation does while it deploys. */
export function resolveSecrets(text: string, secrets: Secrets): string {
  const reference =
    /\{\{resolve:secretsmanager:(arn:(?:[^:}]*:){5}[^:}]+)(?::SecretString)?(?::([^:}]*))?(?::([^:}]*))?(?::([^:}]*))?\}\}/g;
  return text.replaceAll(reference, (_match, arn: string, key = '', stage = '', version = '') => {
    const found = secrets.value(arn, { stage, version });
    if (!found)
      throw new Error(`The local secret ${arn} has no version ${version || stage || 'AWSCURRENT'}.`);
    return key ? String(JSON.parse(found.value)[key]) : found.value;
  });
}

/** The first value of a secret: the one it names, or one generated as it asks. */
function initial(properties: JsonRecord, names: ResourceNames): string {
  if (properties.SecretString !== undefined) return resolveText(properties.SecretString, names);
  const generate = recordAt(properties, 'GenerateSecretString');
  const password = random(Number(generate.PasswordLength ?? 32));
  const key = textAt(generate, 'GenerateStringKey');
  if (!key) return password;
  return JSON.stringify({ ...JSON.parse(textAt(generate, 'SecretStringTemplate') ?? '{}'), [key]: password });
}

const random = (length: number) => Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');

function stored(file: string): [string, Version[]][] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
