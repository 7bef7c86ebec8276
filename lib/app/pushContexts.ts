import { createSendQueueMessage } from '#awsClients';
import { createMessageCountStore } from '../aws/dynamodb/messageCountStore';
import { createNotificationStore } from '../aws/dynamodb/notificationStore';
import { createRoomSettingsStore } from '../aws/dynamodb/roomSettingsStore';
import { createSendQuotaStore } from '../aws/dynamodb/sendQuotaStore';
import { createSubscriptionStore } from '../aws/dynamodb/subscriptionStore';
import { createWatcherStore } from '../aws/dynamodb/watcherStore';
import { createQueuedNotices } from '../aws/sqs/queuedNotices';
import { createRoomRulesCache } from '../moderation/roomRules';
import type { NoticeQueue } from '../ports/noticeQueue';
import type { NoticeContext } from '../push/noticeContext';
import type { NotifyContext } from '../push/notifyContext';
import { createPushSender } from '../push/pushSender';
import type { SubscriptionContext } from '../push/subscriptionContext';
import { type VapidKey, vapidKeyOf } from '../push/vapidKey';
import { type Environment, isOn, required } from '../util/environment';
import { createListedMemberContext, createSendQuotaContext, createUserContext } from './featureContexts';
import { clock, openDatabase, openGone, openLog, openUnitQuota, retentionSettings } from './resources';
import { openPushKey } from './secrets';
import { notifyAfterMs, pushHosts, userSendsPerSecond } from './settings';

/** Puts together what serving subscriptions works with. */
export function createSubscriptionContext(
  env: Environment = process.env,
): Omit<SubscriptionContext, 'metrics'> {
  const key = openVapidKey(env);
  return {
    ...openNotifications(env),
    ...openAccess(env),
    ...createSendQuotaContext(),
    settings: { userSendsPerSecond: userSendsPerSecond(env) },
    sendQuotas: createSendQuotaStore(openDatabase(env), required(env, 'CONNECTIONS_TABLE')),
    unitQuota: openUnitQuota(env),
    publicKey: async () => (await key()).publicKey,
    pushHosts: pushHosts(env),
  };
}

/** Puts together what finding the users whom messages concern works with. */
export function createNoticeContext(env: Environment = process.env): Omit<NoticeContext, 'metrics'> {
  return {
    ...openNotifications(env),
    log: openLog(env, required(env, 'MESSAGES_TABLE')),
    clock,
    notices: openNotices(env),
    notifyAfterMs: notifyAfterMs(env),
  };
}

/** Puts together what notifying users works with. */
export function createNotifyContext(env: Environment = process.env): Omit<NotifyContext, 'metrics'> {
  const messages = required(env, 'MESSAGES_TABLE');
  return {
    ...openNotifications(env),
    ...openAccess(env),
    log: openLog(env, messages),
    gone: openGone(env),
    messageCounts: createMessageCountStore(openDatabase(env), messages),
    random: Math.random,
    settings: retentionSettings(env),
    notices: openNotices(env),
    sender: createPushSender({
      key: openVapidKey(env),
      subject: `https://${required(env, 'PAGE_HOST')}`,
      hosts: pushHosts(env),
      clock,
    }),
    hasTexts: isOn(env, 'PUSH_TEXT'),
  };
}

function openNotifications(env: Environment) {
  const members = required(env, 'MEMBERS_TABLE');
  return {
    notifications: createNotificationStore(openDatabase(env), members),
    subscriptions: createSubscriptionStore(openDatabase(env), members),
    watchers: createWatcherStore(openDatabase(env), members),
  };
}

/** Opens what tells who may read a room. */
function openAccess(env: Environment) {
  return {
    ...createUserContext(env),
    ...createListedMemberContext(env),
    roomSettings: createRoomSettingsStore(openDatabase(env), required(env, 'MEMBERS_TABLE')),
    rulesCache: createRoomRulesCache(),
    clock,
  };
}

function openNotices(env: Environment): NoticeQueue {
  return createQueuedNotices(createSendQueueMessage(required(env, 'PUSH_NOTICES_URL'), env));
}

/** Derives the key from the secret as it is now. */
function openVapidKey(env: Environment): () => Promise<VapidKey> {
  const secret = openPushKey(env);
  return async () => {
    const [current = ''] = await secret.values();
    return vapidKeyOf(current);
  };
}
