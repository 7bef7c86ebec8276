import { createHmac } from 'node:crypto';

/**
 * Signs a webhook as Standard Webhooks 1.0.0 says (github.com/standard-webhooks/standard-webhooks, spec): one signature
 * for each secret, so that a receiver may have the new or the old one. A secret is base64; `at` is in seconds.
 */
export function signWebhook(
  secrets: readonly string[],
  id: string,
  at: number,
  body: string,
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret, 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': signatures.join(' '),
  };
}
