import { optional } from '../util/environment';

/**
 * Reads the endpoint that stands for a service's own, as every AWS SDK does: that of the service comes before
 * `AWS_ENDPOINT_URL`, which emulators of AWS set for all services.
 */
export function endpointOverride(
  env: Record<string, string | undefined>,
  variable: string,
): string | undefined {
  return optional(env, variable) ?? optional(env, 'AWS_ENDPOINT_URL');
}
