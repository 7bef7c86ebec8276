import { createECDH, createHmac } from 'node:crypto';
import { encrypt } from 'http_ece';
import { SignJWT } from 'jose';
import type { Clock } from '../ports/clock';
import { type Notification, PUSH_TIMEOUT_MS, type PushSender } from '../ports/pushSender';
import type { PushSubscription } from '../ports/subscriptionStore';
import { isPushEndpoint } from './isPushEndpoint';
import type { VapidKey } from './vapidKey';

/** A push service keeps a notification this long for a browser that is away, in seconds. */
const TTL_SECONDS = 24 * 3_600;
/** How long a signature holds, in seconds. Push services take a day at most. */
const SIGNATURE_SECONDS = 12 * 3_600;
/** A topic has at most 32 characters of base64url. */
const TOPIC_BYTES = 24;
/** Push services answer these for a subscription that has ended. */
const GONE = [404, 410];

/** What sending to push services needs. */
export interface PushSenderOptions {
  /** Reads the key of the stack. */
  key: () => Promise<VapidKey>;
  /** Where push services reach the operator: a URL, or `mailto:` with an address. */
  subject: string;
  /** The hosts of push services. */
  hosts: readonly string[];
  clock: Pick<Clock, 'now'>;
}

/** Sends notifications by Web Push: encrypted as RFC 8291 says, and signed as RFC 8292 says. */
export function createPushSender({ key, subject, hosts, clock }: PushSenderOptions): PushSender {
  const sign = async (endpoint: string): Promise<string> => {
    const { privateKey, publicKey } = await key();
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
      .setAudience(new URL(endpoint).origin)
      .setExpirationTime(Math.floor(clock.now() / 1000) + SIGNATURE_SECONDS)
      .setSubject(subject)
      .sign(privateKey);
    return `vapid t=${token}, k=${publicKey}`;
  };

  return {
    async send(subscription, notification) {
      const { endpoint } = subscription;
      // The operator may have shortened the list since the browser subscribed.
      if (!isPushEndpoint(endpoint, hosts)) return 'gone';
      const authorization = await sign(endpoint);
      try {
        const response = await fetch(endpoint, {
          method: 'POST',
          headers: {
            authorization,
            'content-encoding': 'aes128gcm',
            'content-type': 'application/octet-stream',
            ttl: String(TTL_SECONDS),
            topic: topicOf(subscription, notification.room),
            urgency: 'normal',
          },
          body: new Uint8Array(encrypted(subscription, notification)),
          redirect: 'manual',
          signal: AbortSignal.timeout(PUSH_TIMEOUT_MS),
        });
        await response.body?.cancel();
        if (response.ok) return 'delivered';
        return GONE.includes(response.status) ? 'gone' : 'failed';
      } catch {
        return 'failed';
      }
    },
  };
}

function encrypted({ p256dh, auth }: PushSubscription, notification: Notification): Buffer {
  const privateKey = createECDH('prime256v1');
  privateKey.generateKeys();
  const text = Buffer.from(JSON.stringify(notification));
  return encrypt(text, { version: 'aes128gcm', privateKey, dh: p256dh, authSecret: auth });
}

/** Names a room to the push service, which cannot tell which room it is: it does not know the subscription's secret. */
function topicOf({ auth }: PushSubscription, room: string): string {
  const digest = createHmac('sha256', auth).update(room).digest();
  return digest.subarray(0, TOPIC_BYTES).toString('base64url');
}
