import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import contentTypes from '../../infra/deploy/contentTypes.json';
import fillSettings from '../../infra/pageSettings';

/** What the bucket answers. */
export interface BucketAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const TYPES: Record<string, string> = contentTypes;

/** What the bucket holds: the files of the built page, and the settings that a deployment puts into it. */
export interface PageBucket {
  directory: string;
  settings: string;
}

/** Answers for a path as the page's bucket does. */
export async function fromBucket(
  { directory, settings }: PageBucket,
  urlPath: string,
): Promise<BucketAnswer> {
  const key = decoded(urlPath);
  const file = key && path.join(directory, key);
  const content = file ? await readFile(file).catch(() => undefined) : undefined;
  if (!file || !content) return missing(key ?? urlPath);
  const body = key === 'index.html' ? fillSettings(content, settings) : content;
  return {
    status: 200,
    headers: {
      'Content-Type': TYPES[path.extname(file)] ?? 'binary/octet-stream',
      ETag: `"${createHash('md5').update(body).digest('hex')}"`,
      'Accept-Ranges': 'bytes',
      Server: 'AmazonS3',
    },
    body,
  };
}

/** The object's key, or nothing when no object can have it: keys know no `..`. */
function decoded(urlPath: string): string | undefined {
  try {
    const key = decodeURIComponent(urlPath).replace(/^\//, '');
    return key === '' || key.split(/[/\\]/).includes('..') || key.includes('\0') ? undefined : key;
  } catch {
    return undefined;
  }
}

/** With s3:ListBucket granted, as here, a missing object is 404 and not 403. */
function missing(key: string): BucketAnswer {
  const shown = key.replaceAll(/[<>&]/g, '');
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>${shown}</Key></Error>`;
  return {
    status: 404,
    headers: { 'Content-Type': 'application/xml', Server: 'AmazonS3' },
    body: Buffer.from(body),
  };
}
