import type { FileSigner, Upload } from '../../ports/fileStore';
import { optional, required } from '../../util/environment';
import { readCredentials } from '../credentials';
import { escapeSegment } from '../escapeSegment';
import { bucketAddress } from './bucketAddress';
import { signForm, signQuery } from './signature';

const UPLOAD_TTL_MS = 600_000;
const READ_TTL_SECONDS = 300;

/** The lifecycle rule of the bucket removes what has this tag. */
const PENDING = '<Tagging><TagSet><Tag><Key>pending</Key><Value>1</Value></Tag></TagSet></Tagging>';

/** Signs forms that upload into an S3 bucket, and addresses that read through CloudFront or, without it, there. */
export function createFileSigner(bucket: string, env: Record<string, string | undefined>): FileSigner {
  const region = required(env, 'AWS_REGION');
  const { origin, host, base } = bucketAddress(bucket, region, env);
  const cloudFront = optional(env, 'FILES_ORIGIN');
  // CloudFront asks the bucket by its own name, whatever the host of the address is.
  const read =
    cloudFront === undefined
      ? { origin, host, base }
      : { ...bucketAddress(bucket, region, {}), origin: cloudFront };
  return {
    signUpload(key, upload, now) {
      const expiresAt = now + UPLOAD_TTL_MS;
      const form = { bucket, bytes: upload.bytes, expiresAt };
      const signing = { credentials: readCredentials(env), region, now };
      return { url: `${origin}${base}/`, fields: signForm(fieldsOf(key, upload), form, signing), expiresAt };
    },
    signRead(key, now) {
      const path = `${read.base}/${key}`;
      const request = { method: 'GET', host: read.host, path, expiresInSeconds: READ_TTL_SECONDS } as const;
      return `${read.origin}${path}?${signQuery(request, { credentials: readCredentials(env), region, now })}`;
    },
  };
}

/** The fields of an upload's form. Browsers save what they read, and never open it as a page. */
function fieldsOf(key: string, { name, type, sha256, hasTile }: Upload): Record<string, string> {
  return {
    key,
    'Content-Type': type,
    'Content-Disposition': `attachment; filename*=UTF-8''${escapeSegment(name)}`,
    'x-amz-meta-name': escapeSegment(name),
    ...(hasTile && { 'x-amz-meta-tile': '1' }),
    'x-amz-checksum-algorithm': 'SHA256',
    'x-amz-checksum-sha256': sha256,
    tagging: PENDING,
  };
}
