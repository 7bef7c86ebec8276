const { readdir, readFile } = require('node:fs/promises');
const path = require('node:path');
const { CreateInvalidationCommand } = require('@aws-sdk/client-cloudfront');
const {
  CopyObjectCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
} = require('@aws-sdk/client-s3');

const fillSettings = require('../pageSettings');
const contentTypes = require('./contentTypes.json');

const INDEX = 'index.html';

/** A file whose name changes with its content, as the build names assets: assets/app-K3XQ7A2B.js */
const hashed = /^assets\/.*-([A-Z0-9]{8}|[0-9a-f]{8})\.\w+$/;

const HASHED_CACHING = 'public, max-age=31536000, immutable';
const PLAIN_CACHING = 'no-cache';

/** How long an unused asset stays, because an open page may still request it. */
const STALE_DAYS = 7;
const STALE_SINCE = 'stale-since';
const DAY_MS = 86_400_000;

/**
 * The files of the built page, in the order they go up: index.html last, because it names the others.
 * @throws when there is no page, or a file whose type is unknown
 */
async function readPage(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  const keys = files.map((file) => path.relative(directory, file).split(path.sep).join('/'));
  if (!keys.includes(INDEX))
    throw new Error(`There is no page in ${directory}: build it, then deploy again.`);

  return keys
    .sort()
    .sort((a, b) => Number(a === INDEX) - Number(b === INDEX))
    .map((key) => describe(directory, key));
}

function describe(directory, key) {
  const contentType = contentTypeOf(key);
  if (!contentType)
    throw new Error(
      `${key} has no content type: add it to infra/deploy/contentTypes.json, then deploy again.`,
    );
  return { key, file: path.join(directory, key), contentType, cacheControl: cachingOf(key) };
}

const contentTypeOf = (key) => contentTypes[path.extname(key)];

const cachingOf = (key) => (hashed.test(key) ? HASHED_CACHING : PLAIN_CACHING);

/** Puts the page with its settings into the bucket. A browser never gets an index.html that names a missing file. */
async function uploadPage({ s3 }, bucket, files, settings) {
  for (const { key, file, contentType, cacheControl } of files) {
    const body = await readFile(file);
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: key === INDEX ? fillSettings(body, settings) : body,
        ContentType: contentType,
        CacheControl: cacheControl,
      }),
    );
  }
}

/** Marks what the page no longer names, and deletes what was marked a week ago. */
async function sweepPage({ s3 }, bucket, files, now) {
  const current = new Set(files.map(({ key }) => key));
  const deleted = [];

  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket }))
    for (const { Key } of Contents) {
      if (current.has(Key)) continue;
      const since = await staleSince(s3, bucket, Key);
      if (since === undefined) await markStale(s3, bucket, Key, now);
      else if (now - since > STALE_DAYS * DAY_MS) deleted.push(Key);
    }

  for (let at = 0; at < deleted.length; at += 1000) {
    const Objects = deleted.slice(at, at + 1000).map((Key) => ({ Key }));
    await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
  }
  return deleted;
}

async function staleSince(s3, bucket, key) {
  const { Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  return Metadata[STALE_SINCE] && Date.parse(Metadata[STALE_SINCE]);
}

async function markStale(s3, bucket, key, now) {
  await s3.send(
    new CopyObjectCommand({
      Bucket: bucket,
      Key: key,
      CopySource: `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`,
      MetadataDirective: 'REPLACE',
      Metadata: { [STALE_SINCE]: new Date(now).toISOString() },
      ContentType: contentTypeOf(key) ?? 'application/octet-stream',
      CacheControl: cachingOf(key),
    }),
  );
}

/** Invalidates the page in CloudFront. Assets need no invalidation: a changed one has another name. */
async function invalidatePage({ cloudFront }, distributionId, reference) {
  const Paths = { Quantity: 1, Items: [`/${INDEX}`] };
  await cloudFront.send(
    new CreateInvalidationCommand({
      DistributionId: distributionId,
      InvalidationBatch: { CallerReference: reference, Paths },
    }),
  );
}

module.exports = { readPage, uploadPage, sweepPage, invalidatePage };
