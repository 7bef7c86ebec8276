import { endpointOverride } from '../endpointOverride';

/** Where a bucket is reached: at its own host or, at another endpoint, under the path `base`. */
export function bucketAddress(
  bucket: string,
  region: string,
  env: Record<string, string | undefined>,
): { origin: string; host: string; base: string } {
  const endpoint = endpointOverride(env, 'AWS_ENDPOINT_URL_S3');
  const { origin, host } = new URL(endpoint ?? `https://${bucket}.s3.${region}.amazonaws.com`);
  return { origin, host, base: endpoint === undefined ? '' : `/${bucket}` };
}
