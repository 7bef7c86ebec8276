import { createHash } from 'node:crypto';
import type { ResourceNames } from './intrinsics';
import type { Resource, Template } from './template';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

const PSEUDO: Record<string, string> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'edge-chat-local',
};

/**
 * Names every resource as a deployment would, with names that look like AWS's. The suffix is the data store's:
 * the same suffix gives the same names, another one gives others.
 */
export function resourceNamesOf(template: Template, suffix: string): ResourceNames {
  const find = (id: string) => template.Resources[id];
  return {
    ref(name) {
      const resource = find(name);
      return PSEUDO[name] ?? (resource && reference(name, resource, suffix));
    },
    attribute(id, name) {
      const resource = find(id);
      return resource && attribute(id, resource, name, suffix);
    },
  };
}

function reference(id: string, resource: Resource, suffix: string): string {
  const named = resource.Properties ?? {};
  switch (resource.Type) {
    case 'AWS::DynamoDB::Table':
      return `${id}-${suffix}`;
    case 'AWS::SecretsManager::Secret':
      return arn('secretsmanager', `secret:${id}-${suffix}`);
    case 'AWS::ApiGatewayV2::Api':
      return digest(id, suffix).slice(0, 10);
    case 'AWS::CloudFront::Distribution':
      return `E${digest(id, suffix).slice(0, 13).toUpperCase()}`;
    case 'AWS::S3::Bucket':
      return `${id.toLowerCase()}-${suffix}`;
    case 'AWS::Lambda::Function':
      return typeof named.FunctionName === 'string' ? named.FunctionName : id;
    default:
      return id;
  }
}

function attribute(id: string, resource: Resource, name: string, suffix: string): string {
  const own = reference(id, resource, suffix);
  switch (`${resource.Type} ${name}`) {
    case 'AWS::DynamoDB::Table Arn':
      return arn('dynamodb', `table/${own}`);
    case 'AWS::Lambda::Function Arn':
      return arn('lambda', `function:${own}`);
    case 'AWS::CloudFront::Distribution DomainName':
      return `d${digest(id, suffix).slice(0, 13)}.cloudfront.net`;
    case 'AWS::S3::Bucket RegionalDomainName':
      return `${own}.s3.${REGION}.amazonaws.com`;
    case 'AWS::S3::Bucket Arn':
      return `arn:aws:s3:::${own}`;
    default:
      return arn('local', `${own}/${name}`);
  }
}

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** Lower-case letters and digits, always the same for the same words. */
function digest(...words: string[]): string {
  const hex = createHash('sha256').update(words.join(' ')).digest('hex');
  return BigInt(`0x${hex}`).toString(36);
}
