import { type ResourceNames, resolve } from '../template/intrinsics';
import {
  type JsonRecord,
  listAt,
  recordAt,
  recordsAt,
  resourcesOf,
  type Template,
  textAt,
} from '../template/template';
import { wildcard } from '../util/wildcard';
import { type AllowList, allowListOf, both, everything, nothing } from './allowList';
import { type ResponseHeaders, responseHeadersOf } from './responseHeaders';

/** Where requests go. */
export interface Origin {
  /** A bucket that CloudFront may read, or a server that checks each request itself. */
  kind: 'bucket' | 'server';
  host: string;
  path: string;
  /** Headers CloudFront sets itself, whatever the viewer sent. */
  headers: [name: string, value: string][];
  readTimeoutMs: number;
}

/** What CloudFront does to requests whose path matches. */
export interface Behaviour {
  matches: RegExp;
  origin: Origin;
  methods: Set<string>;
  viewerProtocol: string;
  forward: { headers: AllowList; cookies: AllowList; query: AllowList };
  response: ResponseHeaders;
}

/** A distribution as deployed, in the order its behaviours are tried. */
export interface Distribution {
  behaviours: Behaviour[];
  rootObject: string;
}

/** Parts of a distribution that change what a viewer sees and that the local edge does not imitate. */
const UNKNOWN = {
  config: ['OriginGroups'],
  behaviour: [
    'ForwardedValues',
    'FunctionAssociations',
    'LambdaFunctionAssociations',
    'TrustedKeyGroups',
    'FieldLevelEncryptionId',
  ],
};

const MANAGED_CACHE = {
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': 'CachingDisabled',
  '658327ea-f89d-4fab-a63d-7e88639e58f6': 'CachingOptimized',
};

const host: AllowList = { mode: 'except', names: new Set(['host']) };

/** AWS's managed origin request policies: headers, cookies, query strings. */
const MANAGED_REQUEST: Record<string, Behaviour['forward']> = {
  // AllViewer
  '216adef6-5c7f-47e4-b989-5492eafa07d3': { headers: everything, cookies: everything, query: everything },
  // AllViewerExceptHostHeader
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': { headers: host, cookies: everything, query: everything },
};

/** The own name of a distribution. @throws Error when the template has none with this id. */
export function distributionHost(names: ResourceNames, id = 'Distribution'): string {
  const host = names.attribute(id, 'DomainName');
  if (!host) throw new Error(`The template has no ${id}.`);
  return host;
}

/**
 * Reads a distribution of a compiled template. What it cannot imitate, it names and refuses. `here` gives a text
 * with local addresses.
 */
export function distributionOf(
  template: Template,
  names: ResourceNames,
  secret: (text: string) => string,
  here: (text: string) => string = (text) => text,
  id = 'Distribution',
): Distribution {
  const found = resourcesOf(template, 'AWS::CloudFront::Distribution').find((each) => each.id === id);
  if (!found) throw new Error(`The template has no ${id}.`);
  const config = recordAt(resolve(found.properties, names) as JsonRecord, 'DistributionConfig');
  refuse(config, UNKNOWN.config);
  // Nothing is cached here, so keeping no error is all of them that is imitated.
  for (const { ErrorCode: _, ErrorCachingMinTTL: ttl, ...page } of recordsAt(config, 'CustomErrorResponses'))
    if (ttl !== 0 || Object.keys(page).length > 0) refuse(config, ['CustomErrorResponses']);

  const origins = new Map(
    recordsAt(config, 'Origins').map((origin) => [origin.Id, originOf(origin, secret)]),
  );
  const read = (behaviour: JsonRecord): Behaviour => {
    refuse(behaviour, UNKNOWN.behaviour);
    const origin = origins.get(behaviour.TargetOriginId ?? null);
    if (!origin) throw new Error(`No origin is named ${behaviour.TargetOriginId}.`);
    const methods = listAt(behaviour, 'AllowedMethods').map(String);
    return {
      matches: wildcard(withSlash(textAt(behaviour, 'PathPattern') ?? '*')),
      origin,
      methods: new Set(methods.length > 0 ? methods : ['GET', 'HEAD']),
      viewerProtocol: textAt(behaviour, 'ViewerProtocolPolicy') ?? 'allow-all',
      forward: forwardOf(behaviour, template, names),
      response: responseHeadersOf(textAt(behaviour, 'ResponseHeadersPolicyId'), template, names, here),
    };
  };

  return {
    behaviours: [...recordsAt(config, 'CacheBehaviors'), recordAt(config, 'DefaultCacheBehavior')].map(read),
    rootObject: textAt(config, 'DefaultRootObject') ?? '',
  };
}

function originOf(origin: JsonRecord, secret: (text: string) => string): Origin {
  const { OriginReadTimeout = 30 } = recordAt(origin, 'CustomOriginConfig');
  return {
    kind: origin.OriginAccessControlId ? 'bucket' : 'server',
    host: String(origin.DomainName),
    path: textAt(origin, 'OriginPath') ?? '',
    headers: recordsAt(origin, 'OriginCustomHeaders').map((header) => [
      String(header.HeaderName),
      secret(String(header.HeaderValue)),
    ]),
    readTimeoutMs: Number(OriginReadTimeout) * 1000,
  };
}

/** What the origin request policy names is sent on, and what is in the cache key. */
function forwardOf(behaviour: JsonRecord, template: Template, names: ResourceNames): Behaviour['forward'] {
  const requested = requestedBy(behaviour, template, names);
  const key = keyOf(String(behaviour.CachePolicyId), template, names);
  return {
    headers: both(requested.headers, key.headers),
    cookies: both(requested.cookies, key.cookies),
    query: both(requested.query, key.query),
  };
}

/** What is in the cache key; with the managed cache policies that is nothing. */
function keyOf(id: string, template: Template, names: ResourceNames): Behaviour['forward'] {
  if (id in MANAGED_CACHE) return { headers: nothing, cookies: nothing, query: nothing };
  const policies = resourcesOf(template, 'AWS::CloudFront::CachePolicy');
  const policy = policies.find((each) => names.ref(each.id) === id);
  if (!policy) throw new Error(`The local edge does not know the cache policy ${id}.`);
  const config = recordAt(policy.properties, 'CachePolicyConfig');
  // Without a time to keep anything CloudFront takes no key, and refuses the policy.
  if (!(Number(config.MaxTTL) > 0)) throw new Error(`The cache policy ${id} has a key and no MaxTTL.`);
  return allowListsOf(recordAt(config, 'ParametersInCacheKeyAndForwardedToOrigin'));
}

function requestedBy(behaviour: JsonRecord, template: Template, names: ResourceNames): Behaviour['forward'] {
  const id = textAt(behaviour, 'OriginRequestPolicyId');
  if (!id) return { headers: nothing, cookies: nothing, query: nothing };
  const managed = MANAGED_REQUEST[id];
  if (managed) return managed;

  const policies = resourcesOf(template, 'AWS::CloudFront::OriginRequestPolicy');
  const policy = policies.find((each) => names.ref(each.id) === id);
  if (!policy) throw new Error(`The local edge does not know the origin request policy ${id}.`);
  const choices = allowListsOf(recordAt(policy.properties, 'OriginRequestPolicyConfig'));
  if (choices.headers.mode === 'only' && choices.headers.names.has('authorization'))
    throw new Error('CloudFront takes no origin request policy that lists Authorization.');
  return choices;
}

function allowListsOf(config: JsonRecord): Behaviour['forward'] {
  return {
    headers: allowListOf(recordAt(config, 'HeadersConfig'), 'HeaderBehavior', 'Headers'),
    cookies: allowListOf(recordAt(config, 'CookiesConfig'), 'CookieBehavior', 'Cookies'),
    query: allowListOf(recordAt(config, 'QueryStringsConfig'), 'QueryStringBehavior', 'QueryStrings'),
  };
}

function refuse(record: JsonRecord, names: string[]): void {
  const found = names.find((name) => name in record);
  if (found)
    throw new Error(`The local edge does not imitate ${found}; it would answer otherwise than CloudFront.`);
}

const withSlash = (pattern: string) => (/^[/*]/.test(pattern) ? pattern : `/${pattern}`);
