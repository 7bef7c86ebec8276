import { type ResourceNames, resolve } from '../template/intrinsics';
import { REGION } from '../template/resourceNames';
import { type JsonRecord, recordAt, resourcesOf, type Template } from '../template/template';
import { CREDENTIALS } from '../util/sigV4';
import type { Definition } from './functions';

/** What is somewhere else here than on AWS. */
export interface LocalEndpoints {
  /** Addresses in the template's values, and what stands for them. */
  addresses: Record<string, string>;
  /** Endpoints of AWS services, by the name the SDK's variable has for them. */
  endpoints: Record<string, string>;
}

/** Each function by its deployed name. Its environment is what the template gives it and what Lambda itself adds. */
export function definitionsOf(
  template: Template,
  names: ResourceNames,
  { addresses, endpoints }: LocalEndpoints,
): Record<string, Definition> {
  const local = (value: string) =>
    Object.entries(addresses).reduce((text, [there, here]) => text.replaceAll(there, here), value);

  const definitions = resourcesOf(template, 'AWS::Lambda::Function').map(
    ({ id, properties }): [string, Definition] => {
      const name = names.ref(id) ?? id;
      const { Handler, Timeout = 3, MemorySize = 128 } = properties;
      const resolved = resolve(
        recordAt(recordAt(properties, 'Environment'), 'Variables'),
        names,
      ) as JsonRecord;
      const given = Object.entries(resolved).map(([key, value]) => [key, local(String(value))]);
      const environment = {
        ...lambdaItself(name, properties),
        ...sdkEndpoints(endpoints),
        ...Object.fromEntries(given),
      };
      return [
        name,
        { handler: String(Handler), timeout: Number(Timeout), memorySize: Number(MemorySize), environment },
      ];
    },
  );
  return Object.fromEntries(definitions);
}

/** What Lambda itself adds to the environment of a function. */
export function lambdaItself(name: string, properties: JsonRecord): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize ?? 128),
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    _HANDLER: String(properties.Handler),
    TZ: ':UTC',
    // The developer's own profile must not reach the local functions.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

const sdkEndpoints = (endpoints: Record<string, string>) =>
  Object.fromEntries(Object.entries(endpoints).map(([service, url]) => [`AWS_ENDPOINT_URL_${service}`, url]));
