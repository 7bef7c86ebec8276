import { createHash } from 'node:crypto';
import { type Answer, type Asked, Refusal, type Service, xml, xmlAnswer } from './answer';

interface Version {
  id: string;
  body: Buffer;
  headers: Record<string, string>;
  at: Date;
  /** A delete marker has no content. */
  deleted?: boolean;
}

/** A bucket's objects, the newest version of each first. */
export interface Bucket {
  region: string;
  versioned: boolean;
  objects: Map<string, Version[]>;
}

export type Buckets = Map<string, Bucket>;

/** What is kept of an object beside its content. */
const KEPT = (name: string) =>
  ['content-type', 'cache-control'].includes(name) || name.startsWith('x-amz-meta-');

/** The object's newest version, if it is there. */
export function objectIn(bucket: Bucket | undefined, key: string): Version | undefined {
  const newest = bucket?.objects.get(key)?.[0];
  return newest?.deleted ? undefined : newest;
}

/** As much of S3 as a deployment asks for, by path-style addresses. */
export function s3(buckets: Buckets): Service {
  return (asked, say) => {
    const [, name = '', ...rest] = asked.path.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const { action, answer } = operation(asked, key);
    say(action, key ? `${name}/${key}` : name);
    const bucket = buckets.get(name);
    if (!bucket) throw new Refusal('NoSuchBucket', 'The specified bucket does not exist', 404);
    return answer(bucket, key);
  };

  function operation(
    asked: Asked,
    key: string,
  ): { action: string; answer: (bucket: Bucket, key: string) => Answer } {
    const { method, query, headers } = asked;
    if (!key) {
      if (method === 'HEAD') return { action: 'HeadBucket', answer: () => ({ status: 200 }) };
      if (method === 'GET' && query.has('versions'))
        return { action: 'ListObjectVersions', answer: listVersions };
      if (method === 'GET' && query.has('location'))
        return {
          action: 'GetBucketLocation',
          answer: (bucket) => xmlAnswer(xml('LocationConstraint', bucket.region)),
        };
      if (method === 'GET')
        return { action: 'ListObjectsV2', answer: (bucket) => list(bucket, query.get('prefix') ?? '') };
      if (method === 'POST' && query.has('delete'))
        return { action: 'DeleteObjects', answer: (bucket) => remove(bucket, asked) };
    }
    if (method === 'PUT' && headers['x-amz-copy-source'])
      return { action: 'CopyObject', answer: (bucket, to) => copy(bucket, to, asked) };
    if (method === 'PUT')
      return {
        action: 'PutObject',
        answer: (bucket, to) => put(bucket, to, contentOf(asked), keptOf(asked)),
      };
    if (method === 'HEAD')
      return { action: 'HeadObject', answer: (bucket, from) => get(bucket, from, false) };
    if (method === 'GET') return { action: 'GetObject', answer: (bucket, from) => get(bucket, from, true) };
    throw new Refusal(
      'MethodNotAllowed',
      `The recording S3 does not know ${method} ${asked.path}?${query}.`,
      405,
    );
  }

  function copy(bucket: Bucket, key: string, asked: Asked): Answer {
    const [, name = '', ...rest] = `/${String(asked.headers['x-amz-copy-source']).replace(/^\//, '')}`.split(
      '/',
    );
    const source = objectIn(buckets.get(decodeURIComponent(name)), decodeURIComponent(rest.join('/')));
    if (!source) throw new Refusal('NoSuchKey', 'The specified key does not exist.', 404);
    const replaced = asked.headers['x-amz-metadata-directive'] === 'REPLACE';
    const { headers } = put(bucket, key, source.body, replaced ? keptOf(asked) : source.headers);
    return xmlAnswer(xml('CopyObjectResult', { ETag: headers?.etag ?? '' }));
  }
}

function put(bucket: Bucket, key: string, body: Buffer, headers: Record<string, string>): Answer {
  const version = {
    id: bucket.versioned ? String(Date.now() + Math.random()) : 'null',
    body,
    headers,
    at: new Date(),
  };
  const before = bucket.versioned ? (bucket.objects.get(key) ?? []) : [];
  bucket.objects.set(key, [version, ...before]);
  return { status: 200, headers: { etag: etag(body) } };
}

function get(bucket: Bucket, key: string, withBody: boolean): Answer {
  const found = objectIn(bucket, key);
  if (!found)
    throw new Refusal(withBody ? 'NoSuchKey' : 'NotFound', 'The specified key does not exist.', 404);
  const headers = { ...found.headers, etag: etag(found.body), 'last-modified': found.at.toUTCString() };
  return { status: 200, headers, ...(withBody && { body: found.body }) };
}

function list(bucket: Bucket, prefix: string): Answer {
  const found = [...bucket.objects.keys()]
    .filter((key) => key.startsWith(prefix) && objectIn(bucket, key))
    .sort();
  const contents = found.map((Key) => {
    const { body, at } = objectIn(bucket, Key) ?? { body: Buffer.alloc(0), at: new Date() };
    return xml('Contents', { Key, LastModified: at.toISOString(), ETag: etag(body), Size: body.length });
  });
  return xmlAnswer(
    `<ListBucketResult><KeyCount>${found.length}</KeyCount><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
  );
}

/** Maximum of keys a page, so that a caller must read all pages. */
const PAGE = 3;

function listVersions(bucket: Bucket): Answer {
  const all = [...bucket.objects].flatMap(([Key, versions]) =>
    versions.map(({ id, deleted }) => ({ Key, id, deleted })),
  );
  const page = all
    .slice(0, PAGE)
    .map(({ Key, id, deleted }) => xml(deleted ? 'DeleteMarker' : 'Version', { Key, VersionId: id }));
  return xmlAnswer(
    `<ListVersionsResult><IsTruncated>${all.length > PAGE}</IsTruncated>${page.join('')}</ListVersionsResult>`,
  );
}

function remove(bucket: Bucket, { body }: Asked): Answer {
  for (const [, object = ''] of body.toString().matchAll(/<Object>(.*?)<\/Object>/gs)) {
    const key = decoded(/<Key>(.*?)<\/Key>/s.exec(object)?.[1] ?? '');
    const id = /<VersionId>(.*?)<\/VersionId>/.exec(object)?.[1];
    const versions = bucket.objects.get(key) ?? [];
    if (bucket.versioned && !id) {
      bucket.objects.set(key, [
        { id: String(Math.random()), body: Buffer.alloc(0), headers: {}, at: new Date(), deleted: true },
        ...versions,
      ]);
      continue;
    }
    const left = id ? versions.filter((version) => version.id !== id) : [];
    if (left.length > 0) bucket.objects.set(key, left);
    else bucket.objects.delete(key);
  }
  return xmlAnswer('<DeleteResult></DeleteResult>');
}

const decoded = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

const etag = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`;

const keptOf = ({ headers }: Asked) =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => KEPT(name))
      .map(([name, value]) => [name, String(value)]),
  );

/** The content of an upload. A streamed upload has chunks with their lengths, and a checksum at the end. */
function contentOf({ headers, body }: Asked): Buffer {
  if (!String(headers['content-encoding'] ?? '').includes('aws-chunked')) return body;
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!size) return Buffer.concat(chunks);
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
