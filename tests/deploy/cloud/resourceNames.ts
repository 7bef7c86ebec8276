import type { ResourceNames } from '../../../local/template/intrinsics';
import type { Resource, Template } from '../../../local/template/template';
import { ACCOUNT } from './signature';

/** Names a stack's resources as CloudFormation would: the stack's name, the logical id and a part of its own. */
export function resourceNamesOf(
  stack: string,
  region: string,
  template: Template,
  mark: string,
): ResourceNames {
  const pseudo: Record<string, string> = {
    'AWS::Region': region,
    'AWS::AccountId': ACCOUNT,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/${stack}/${mark}`,
  };
  const nameOf = (id: string) => physicalId(id, template.Resources[id], { stack, region, mark });
  return {
    ref: (id) => pseudo[id] ?? (template.Resources[id] && nameOf(id)),
    attribute: (id, name) => {
      const resource = template.Resources[id];
      return resource && attribute(resource, nameOf(id), name, region);
    },
  };
}

function physicalId(
  id: string,
  resource: Resource | undefined,
  { stack, region, mark }: { stack: string; region: string; mark: string },
): string {
  const own = `${stack}-${id}-${mark}`;
  switch (resource?.Type) {
    case 'AWS::S3::Bucket':
      return own.toLowerCase();
    case 'AWS::SecretsManager::Secret':
      return `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${own}`;
    case 'AWS::CloudFront::Distribution':
      return `E${mark.toUpperCase()}`;
    case 'AWS::Lambda::Function':
      return String(resource.Properties?.FunctionName ?? own);
    default:
      return own;
  }
}

function attribute(resource: Resource, own: string, name: string, region: string): string {
  if (resource.Type === 'AWS::CloudFront::Distribution' && name === 'DomainName')
    return `d${own.toLowerCase()}.cloudfront.net`;
  if (name === 'RegionalDomainName') return `${own}.s3.${region}.amazonaws.com`;
  if (resource.Type === 'AWS::IAM::Role') return `arn:aws:iam::${ACCOUNT}:role/${own}`;
  const service = resource.Type.split('::')[1]?.toLowerCase();
  return `arn:aws:${service}:${region}:${ACCOUNT}:${own}`;
}
