import { isRecord, type Json, listAt, recordAt, recordsAt } from '../../../local/template/template';
import type { Stack } from './cloudFormation';
import type { Buckets } from './s3';
import { resolved, type Secrets } from './secretsManager';

/** What is in the account of the recording cloud. */
export interface Account {
  /** Stacks by Region and name. */
  stacks: Map<string, Stack>;
  removed: Map<string, Stack>;
  buckets: Buckets;
  secrets: Secrets;
  /** Whether each table is protected from deletion. */
  tables: Map<string, boolean>;
  /** When each function was last changed. */
  functions: Map<string, Date>;
  distributions: Map<string, Distribution>;
  /** Logical ids that cannot be created, and what CloudFormation says of them. */
  taken: Map<string, string>;
  /** The tag `Stack` of each distribution. */
  tags: Map<string, string>;
  /** ARN of the role by which API Gateway writes logs. */
  logRole?: string | undefined;
  /** Whether CloudFront is still rolling out. */
  rollingOut: boolean;
}

export interface Distribution {
  /** The values of the origins' custom headers, by origin. */
  headers: { origin: string; name: string; value: string }[];
  /** Paths that were invalidated. */
  invalidated: string[];
}

export const emptyAccount = (): Account => ({
  stacks: new Map(),
  removed: new Map(),
  buckets: new Map(),
  secrets: new Map(),
  tables: new Map(),
  functions: new Map(),
  distributions: new Map(),
  taken: new Map(),
  tags: new Map(),
  rollingOut: false,
});

/** A distribution as its resource says, its references to secrets resolved. */
export function distributionOf(properties: Json, secrets: Secrets): Distribution {
  const config = recordAt(isRecord(properties) ? properties : {}, 'DistributionConfig');
  const headers = recordsAt(config, 'Origins').flatMap((origin) =>
    listAt(origin, 'OriginCustomHeaders')
      .filter(isRecord)
      .map((header) => ({
        origin: String(origin.Id),
        name: String(header.HeaderName),
        value: resolved(secrets, String(header.HeaderValue)),
      })),
  );
  return { headers, invalidated: [] };
}
