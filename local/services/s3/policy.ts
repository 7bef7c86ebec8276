import { createHash } from 'node:crypto';
import { denied, type Refusal } from './signatures';

type Condition = Record<string, string> | [string, string | number, string | number];

/** Fields that a policy need not name. */
const FREE = new Set(['policy', 'x-amz-signature', 'file']);

/** Why a form is refused for what it holds, if it is: by its policy, whose signature holds, or by its checksum. */
export function contentFault(
  fields: ReadonlyMap<string, string>,
  bucket: string,
  content: Buffer,
): Refusal | undefined {
  const policy = Buffer.from(fields.get('policy') ?? '', 'base64').toString();
  const { conditions = [] } = JSON.parse(policy) as { conditions?: Condition[] };
  const values = new Map([...fields, ['bucket', bucket]]);
  const named = new Set<string>();
  for (const condition of conditions) {
    if (!Array.isArray(condition)) {
      for (const [name, value] of Object.entries(condition)) {
        named.add(name.toLowerCase());
        if (values.get(name.toLowerCase()) !== value) return failed(`["eq", "$${name}", "${value}"]`);
      }
      continue;
    }
    const [kind, low, high] = condition;
    if (kind !== 'content-length-range') return denied(`The local S3 does not know the condition ${kind}.`);
    if (content.length < Number(low))
      return { status: 400, code: 'EntityTooSmall', message: 'Your proposed upload is too small.' };
    if (content.length > Number(high))
      return { status: 400, code: 'EntityTooLarge', message: 'Your proposed upload is too large.' };
  }
  const extra = [...fields.keys()].find((name) => !named.has(name) && !FREE.has(name));
  if (extra) return denied(`Invalid according to Policy: Extra input fields: ${extra}`);
  const sum = fields.get('x-amz-checksum-sha256');
  if (sum !== undefined && createHash('sha256').update(content).digest('base64') !== sum)
    return { status: 400, code: 'BadDigest', message: 'The SHA256 you specified did not match.' };
  return undefined;
}

const failed = (condition: string) =>
  denied(`Invalid according to Policy: Policy Condition failed: ${condition}`);
