import { type ResourceNames, resolve } from '../template/intrinsics';
import { type JsonRecord, recordAt, recordsAt, resourcesOf, type Template } from '../template/template';

/** Headers that a response headers policy sets and takes away. */
export interface ResponseHeaders {
  set: { name: string; value: string; override: boolean }[];
  remove: string[];
}

export const NO_RESPONSE_HEADERS: ResponseHeaders = { set: [], remove: [] };

/** Reads the response headers policy with this id. `here` gives a text with local addresses. */
export function responseHeadersOf(
  id: string | undefined,
  template: Template,
  names: ResourceNames,
  here: (text: string) => string,
): ResponseHeaders {
  if (!id) return NO_RESPONSE_HEADERS;
  const policies = resourcesOf(template, 'AWS::CloudFront::ResponseHeadersPolicy');
  const policy = policies.find((each) => names.ref(each.id) === id);
  if (!policy) throw new Error(`The local edge does not know the response headers policy ${id}.`);

  const config = recordAt(resolve(policy.properties, names) as JsonRecord, 'ResponseHeadersPolicyConfig');
  if (config.CorsConfig) throw new Error('The local edge does not imitate CorsConfig.');
  return {
    set: [
      ...security(recordAt(config, 'SecurityHeadersConfig')).map((header) => ({
        ...header,
        value: here(header.value),
      })),
      ...recordsAt(recordAt(config, 'CustomHeadersConfig'), 'Items').map((item) => ({
        name: String(item.Header),
        value: String(item.Value),
        override: item.Override === true,
      })),
    ],
    remove: recordsAt(recordAt(config, 'RemoveHeadersConfig'), 'Items').map((item) => String(item.Header)),
  };
}

/** Applies the policy to the headers of a response. */
export function applyTo(headers: Map<string, string | string[]>, policy: ResponseHeaders): void {
  for (const name of policy.remove) headers.delete(name.toLowerCase());
  for (const { name, value, override } of policy.set)
    if (override || !headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value);
}

function security(config: JsonRecord): ResponseHeaders['set'] {
  const texts: [key: string, name: string, value: (part: JsonRecord) => string][] = [
    ['ContentSecurityPolicy', 'Content-Security-Policy', (part) => String(part.ContentSecurityPolicy)],
    ['ContentTypeOptions', 'X-Content-Type-Options', () => 'nosniff'],
    ['FrameOptions', 'X-Frame-Options', (part) => String(part.FrameOption)],
    ['ReferrerPolicy', 'Referrer-Policy', (part) => String(part.ReferrerPolicy)],
    ['StrictTransportSecurity', 'Strict-Transport-Security', transport],
    ['XSSProtection', 'X-XSS-Protection', (part) => (part.Protection ? '1; mode=block' : '0')],
  ];
  return texts
    .filter(([key]) => key in config)
    .map(([key, name, value]) => {
      const part = recordAt(config, key);
      return { name, value: value(part), override: part.Override === true };
    });
}

function transport(part: JsonRecord): string {
  return [
    `max-age=${part.AccessControlMaxAgeSec}`,
    ...(part.IncludeSubdomains ? ['includeSubDomains'] : []),
    ...(part.Preload ? ['preload'] : []),
  ].join('; ');
}
