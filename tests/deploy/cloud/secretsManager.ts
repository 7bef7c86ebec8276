import { randomBytes } from 'node:crypto';
import { json, Refusal, type Service } from './answer';

interface Version {
  id: string;
  value: string;
}

/** Secrets by ARN, the newest version first: current, previous, and those that are no longer returned. */
export type Secrets = Map<string, Version[]>;

export function createSecret(secrets: Secrets, arn: string): void {
  secrets.set(arn, [{ id: `${randomBytes(16).toString('hex')}`, value: randomBytes(24).toString('hex') }]);
}

/** Replaces `{{resolve:secretsmanager:…}}` as CloudFormation does: the current value, or that of a version. */
export function resolved(secrets: Secrets, text: string): string {
  return text.replaceAll(
    /\{\{resolve:secretsmanager:(arn:(?:[^:}]*:){5}[^:}]+):SecretString(?::::([^:}]*))?\}\}/g,
    (_match, arn: string, id?: string) => {
      const versions = secrets.get(arn) ?? [];
      const found = id ? versions.find((version) => version.id === id) : versions[0];
      if (!found)
        throw new Refusal('ValidationError', `Secrets Manager can't find the secret value for ${arn} ${id}.`);
      return found.value;
    },
  );
}

/** As much of Secrets Manager as a rotation asks for. */
export function secretsManager(secrets: Secrets): Service {
  return ({ headers, body }, say) => {
    const action = String(headers['x-amz-target']).split('.')[1] ?? '';
    const asked = JSON.parse(body.toString()) as Record<string, string>;
    const arn = asked.SecretId ?? '';
    say(action, arn);
    const versions = secrets.get(arn);
    if (!versions)
      throw new Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");

    if (action === 'GetSecretValue') {
      const found = versions[asked.VersionStage === 'AWSPREVIOUS' ? 1 : 0];
      if (!found)
        throw new Refusal(
          'ResourceNotFoundException',
          "Secrets Manager can't find the specified secret value.",
        );
      return json({ ARN: arn, VersionId: found.id, SecretString: found.value });
    }
    if (action === 'PutSecretValue') {
      const version = { id: asked.ClientRequestToken ?? '', value: asked.SecretString ?? '' };
      secrets.set(arn, [version, ...versions]);
      return json({ ARN: arn, VersionId: version.id, VersionStages: ['AWSCURRENT'] });
    }
    if (action === 'DescribeSecret') {
      const labels = ['AWSCURRENT', 'AWSPREVIOUS'];
      const labelled = versions.slice(0, 2).map(({ id }, i) => [id, [labels[i]]]);
      return json({ ARN: arn, VersionIdsToStages: Object.fromEntries(labelled) });
    }
    throw new Refusal('InvalidAction', `The recording Secrets Manager does not know ${action}.`);
  };
}
