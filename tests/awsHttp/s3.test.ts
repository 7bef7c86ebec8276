import { createHmac } from 'node:crypto';
import { signForm, signQuery } from '../../lib/aws/s3/signature';
import { deriveKey } from '../../lib/aws/signingKey';

/** The credentials of AWS's published examples. */
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const region = 'us-east-1';

it("signs the address of AWS's own example as AWS does", () => {
  const query = signQuery(
    { method: 'GET', host: 'examplebucket.s3.amazonaws.com', path: '/test.txt', expiresInSeconds: 86_400 },
    { credentials, region, now: Date.UTC(2013, 4, 24) },
  );

  expect(query).toMatch(/X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404$/);
});

it('a form names every field, the exact size and its end in the policy that it signs', () => {
  const now = Date.UTC(2026, 10, 29, 5);
  const temporary = { ...credentials, sessionToken: 'session' };

  const form = signForm(
    { key: 'a/b/c', 'Content-Type': 'text/plain' },
    { bucket: 'bucket', bytes: 7, expiresAt: now + 600_000 },
    { credentials: temporary, region, now },
  );

  const { policy = '', 'x-amz-signature': signature, ...fields } = form;
  expect(JSON.parse(Buffer.from(policy, 'base64').toString())).toEqual({
    expiration: '2026-11-29T05:10:00.000Z',
    conditions: [
      { bucket: 'bucket' },
      ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
      ['content-length-range', 7, 7],
    ],
  });
  expect(fields).toMatchObject({
    'x-amz-credential': 'AKIAIOSFODNN7EXAMPLE/20261129/us-east-1/s3/aws4_request',
    'x-amz-date': '20261129T050000Z',
    'x-amz-security-token': 'session',
  });
  const key = deriveKey(credentials.secretAccessKey, '20261129', region, 's3');
  expect(signature).toBe(createHmac('sha256', key).update(policy).digest('hex'));
});
