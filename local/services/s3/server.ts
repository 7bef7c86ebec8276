import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ResourceNames } from '../../template/intrinsics';
import { resourcesOf, type Template } from '../../template/template';
import { readBody, safely } from '../../util/http';
import { type Listening, listen } from '../../util/listen';
import { type Objects, openObjects, type StoredObject } from './objects';
import { contentFault } from './policy';
import { addressFault, formFault, type Refusal } from './signatures';

/** The most one form may carry: more than any file here. */
const FORM_BYTES = 30 * 1024 * 1024;

const TAG = /<Tag><Key>([^<]*)<\/Key><Value>([^<]*)<\/Value><\/Tag>/g;

interface Bucket {
  name: string;
  /** The host at which a path is a key. */
  host: string;
  objects: Objects;
}

/** The local S3, where the functions and the clients reach it. */
export interface LocalS3 extends Listening {
  /** The objects of the bucket of messages' files, if the template has one. */
  objects: Objects | undefined;
}

const NOT_FOUND: Refusal = { status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.' };

/** Serves the bucket of messages' files as S3 does: forms, signed addresses, tags and lists. */
export async function startS3(
  template: Template,
  names: ResourceNames,
  directory: string | undefined,
  now: () => number = Date.now,
): Promise<LocalS3> {
  const has = resourcesOf(template, 'AWS::S3::Bucket').some(({ id }) => id === 'FilesBucket');
  const bucket = has ? bucketOf(names, directory) : undefined;
  const server = createServer(
    safely(async (request, response) => {
      for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
      if (request.method === 'OPTIONS') return response.writeHead(204).end();
      const isOwnHost = bucket !== undefined && request.headers.host === bucket.host;
      const path = isOwnHost ? `/${bucket.name}${request.url}` : (request.url ?? '');
      const [, name = '', key = ''] = /^\/([^/?]*)\/([^?]*)/.exec(path) ?? [];
      if (!bucket || name !== bucket.name)
        return refuse(response, { status: 404, code: 'NoSuchBucket', message: 'There is no such bucket.' });
      if (request.method === 'POST') return upload(request, response, bucket, now());
      const fault = addressFault(request, now());
      return fault ? refuse(response, fault) : serve(request, response, bucket, key);
    }),
  );
  return { ...(await listen(server)), objects: bucket?.objects };
}

function bucketOf(names: ResourceNames, directory: string | undefined): Bucket {
  return {
    name: names.ref('FilesBucket') ?? '',
    host: names.attribute('FilesBucket', 'RegionalDomainName') ?? '',
    objects: openObjects(directory),
  };
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': '*',
};

async function upload(
  request: IncomingMessage,
  response: ServerResponse,
  { name, objects }: Bucket,
  now: number,
): Promise<ServerResponse> {
  const body = await readBody(request, FORM_BYTES);
  if (!body)
    return refuse(response, { status: 400, code: 'EntityTooLarge', message: 'The form is too large.' });
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(new Uint8Array(body), { headers }).formData();
  const fields = new Map<string, string>();
  let content: Buffer | undefined;
  for (const [field, value] of form) {
    if (typeof value === 'string') fields.set(field.toLowerCase(), value);
    else if (field === 'file') content = Buffer.from(await value.arrayBuffer());
  }
  const key = fields.get('key');
  if (!content || key === undefined)
    return refuse(response, {
      status: 400,
      code: 'InvalidArgument',
      message: 'POST requires a key and a file.',
    });
  const fault = formFault(fields, now) ?? contentFault(fields, name, content);
  if (fault) return refuse(response, fault);
  objects.put(key, {
    headers: headersOf(fields),
    tags: Object.fromEntries(
      [...(fields.get('tagging') ?? '').matchAll(TAG)].map(([, tag, value]) => [tag, value]),
    ),
    modified: now,
    content,
  });
  return response.writeHead(204).end();
}

function headersOf(fields: ReadonlyMap<string, string>): Record<string, string> {
  const kept = [...fields].filter(
    ([name]) => name === 'content-type' || name === 'content-disposition' || name.startsWith('x-amz-meta-'),
  );
  return Object.fromEntries(kept);
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { objects }: Bucket,
  key: string,
): ServerResponse {
  const query = new URL(request.url ?? '/', 'http://s3').searchParams;
  if (request.method === 'DELETE' && query.has('tagging')) {
    const object = objects.get(key);
    if (!object) return refuse(response, NOT_FOUND);
    objects.put(key, { ...object, tags: {} });
    return response.writeHead(204).end();
  }
  if (request.method === 'DELETE') {
    objects.remove(key);
    return response.writeHead(204).end();
  }
  if (key === '' && query.get('list-type') === '2') {
    const keys = objects.keys().filter((each) => each.startsWith(query.get('prefix') ?? ''));
    const contents = keys.slice(0, Number(query.get('max-keys') ?? 1000));
    return answerXml(
      response,
      200,
      `<ListBucketResult>${contents.map((each) => `<Contents><Key>${each}</Key></Contents>`).join('')}</ListBucketResult>`,
    );
  }
  const object = objects.get(key);
  return object ? give(request, response, object) : refuse(response, NOT_FOUND);
}

function give(
  { method }: IncomingMessage,
  response: ServerResponse,
  { headers, tags, modified, content }: StoredObject,
): ServerResponse {
  const count = Object.keys(tags).length;
  response.writeHead(200, {
    ...headers,
    'content-length': content.length,
    'last-modified': new Date(modified).toUTCString(),
    ...(count > 0 && { 'x-amz-tagging-count': String(count) }),
  });
  return method === 'HEAD' ? response.end() : response.end(content);
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): ServerResponse {
  const text = message.replaceAll(/[<>&]/g, '');
  return answerXml(response, status, `<Error><Code>${code}</Code><Message>${text}</Message></Error>`);
}

function answerXml(response: ServerResponse, status: number, xml: string): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/xml' });
  return response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
}
