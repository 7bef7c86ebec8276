import { createHash } from 'node:crypto';

/** A form as clients post it. */
export interface PostedForm {
  url: string;
  fields: Record<string, string>;
}

export const CONTENT = Buffer.from('the content of a file');

/** What a client says of a file before it uploads it. */
export const wanted = (content: Buffer) => ({
  name: 'grün (1).txt',
  type: 'text/plain',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('base64'),
});

export function submit({ url, fields }: PostedForm, content: Buffer): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(content)]));
  return fetch(url, { method: 'POST', body: form });
}

type Change = <F extends PostedForm>(form: F) => F;

const other = (text: string) => text.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
const asItIs: Change = (form) => form;
const changePolicy: Change = (form) => {
  const policy = Buffer.from(form.fields.policy ?? '', 'base64');
  policy[policy.indexOf('expiration') + 14] = 0x39;
  return { ...form, fields: { ...form.fields, policy: policy.toString('base64') } };
};
const withField =
  (name: string, value: (old: string) => string): Change =>
  (form) => ({ ...form, fields: { ...form.fields, [name]: value(form.fields[name] ?? '') } });

/** Ways to upload another thing than a form is for, and the code with which S3 refuses each. */
export const CHANGED_FORMS: readonly [string, Change, Buffer, string][] = [
  ['another type', withField('Content-Type', () => 'text/html'), CONTENT, 'AccessDenied'],
  ['no attachment', withField('Content-Disposition', () => 'inline'), CONTENT, 'AccessDenied'],
  ['a byte less', asItIs, CONTENT.subarray(1), 'EntityTooSmall'],
  ['a byte more', asItIs, Buffer.concat([CONTENT, Buffer.of(0)]), 'EntityTooLarge'],
  ['another content of that size', asItIs, Buffer.alloc(CONTENT.length), 'BadDigest'],
  ['another checksum', withField('x-amz-checksum-sha256', other), CONTENT, 'AccessDenied'],
  ['a policy changed by a byte', changePolicy, CONTENT, 'SignatureDoesNotMatch'],
  ["another user's key", withField('key', (key) => `other${key}`), CONTENT, 'AccessDenied'],
  ['no tag', withField('tagging', () => '<Tagging></Tagging>'), CONTENT, 'AccessDenied'],
  ['a field more', withField('acl', () => 'public-read'), CONTENT, 'AccessDenied'],
  ['another signature', withField('x-amz-signature', other), CONTENT, 'SignatureDoesNotMatch'],
];
