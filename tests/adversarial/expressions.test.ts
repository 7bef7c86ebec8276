import { ConditionFailed, type Database, type Input } from '../../lib/aws/dynamodb/database';
import { createDecisionStore } from '../../lib/aws/dynamodb/decisionStore';
import { createErasureStore } from '../../lib/aws/dynamodb/erasureStore';
import { createFollowStore } from '../../lib/aws/dynamodb/followStore';
import { createGlobalBanStore } from '../../lib/aws/dynamodb/globalBanStore';
import { createGoneStore } from '../../lib/aws/dynamodb/goneStore';
import { createHeldErasureStore } from '../../lib/aws/dynamodb/heldErasureStore';
import { createHeldQueue } from '../../lib/aws/dynamodb/heldQueue';
import { createHeldStore } from '../../lib/aws/dynamodb/heldStore';
import { createIdempotencyStore } from '../../lib/aws/dynamodb/idempotencyStore';
import { createListedMemberStore } from '../../lib/aws/dynamodb/listedMemberStore';
import { createLogStore } from '../../lib/aws/dynamodb/logStore';
import { createMemberStore } from '../../lib/aws/dynamodb/memberStore';
import { createMentionStore } from '../../lib/aws/dynamodb/mentionStore';
import { createMessageCountStore } from '../../lib/aws/dynamodb/messageCountStore';
import { createMuteStore } from '../../lib/aws/dynamodb/muteStore';
import { createNotificationStore } from '../../lib/aws/dynamodb/notificationStore';
import { createReportErasureStore } from '../../lib/aws/dynamodb/reportErasureStore';
import { createReportStore } from '../../lib/aws/dynamodb/reportStore';
import { createRestrictionErasureStore } from '../../lib/aws/dynamodb/restrictionErasureStore';
import { createRestrictionStore } from '../../lib/aws/dynamodb/restrictionStore';
import { createRoomBans } from '../../lib/aws/dynamodb/roomBans';
import { createRoomIndex } from '../../lib/aws/dynamodb/roomIndex';
import { createRoomSettingsStore } from '../../lib/aws/dynamodb/roomSettingsStore';
import { createRoomSettingsWriter } from '../../lib/aws/dynamodb/roomSettingsWriter';
import { createSendQuotaStore } from '../../lib/aws/dynamodb/sendQuotaStore';
import { createSubscriptionStore } from '../../lib/aws/dynamodb/subscriptionStore';
import { createUploadQuotaStore } from '../../lib/aws/dynamodb/uploadQuotaStore';
import { createUserDirectory } from '../../lib/aws/dynamodb/userDirectory';
import { createUserStore } from '../../lib/aws/dynamodb/userStore';
import { createWatcherStore } from '../../lib/aws/dynamodb/watcherStore';
import { createCharge, sendRate } from '../../lib/rateLimiting/tokenBucket';
import { createConnections } from '../support/connections';
import { HOUR, NOW } from '../unit/harness';

/** Even a room and an id that no parser would let through must stay values. */
const WORD = 'CANARY) OR attribute_exists(#seq';
const user = { id: WORD, name: WORD };
const connection = { id: WORD, user, expiresAt: NOW + HOUR };
const charge = createCharge(sendRate(5), NOW);

const turn = { id: WORD, after: 1, head: 2, now: NOW, nextAt: NOW + 1 };
const follow = { room: WORD, since: NOW, expiresAt: NOW };
const mark = { version: 1, seq: 1, n: 1, at: NOW };
const report = { of: 1, user, reason: WORD, at: NOW };
const held = { at: NOW, request: { room: WORD, id: WORD, from: user, text: WORD } };
const subscription = {
  ...{ endpoint: WORD, p256dh: WORD, auth: WORD },
  ...{ user: WORD, permissions: WORD, at: NOW },
};
const TABLES = { connections: 'T', members: 'T' };

type Call = (database: Database) => Promise<unknown>;

const calls: Record<string, Call> = {
  'connections.open': (db) => createConnections(db, 'T').open(connection, NOW),
  'connections.close': (db) => createConnections(db, 'T').close(WORD),
  'connections.charge': (db) => createConnections(db, 'T').charge(WORD, WORD, charge, NOW),
  'connections.join': (db) => createConnections(db, 'T').join(WORD, WORD, charge, NOW, 50),
  'connections.leave': (db) => createConnections(db, 'T').leave(WORD, WORD, charge, NOW),
  'connections.beginLeave': (db) => createConnections(db, 'T').beginLeave(WORD, WORD),
  'connections.finishLeave': (db) => createConnections(db, 'T').finishLeave(WORD, WORD),
  'connections.renewLease': (db) => createConnections(db, 'T').renewLease(WORD, charge, NOW),
  'connections.removeFromRoom': (db) => createConnections(db, 'T').removeFromRoom(WORD, WORD),
  'connections.revoke': (db) => createConnections(db, 'T').revoke(WORD),
  'connections.requireBanCheck': (db) => createConnections(db, 'T').requireBanCheck(WORD, [WORD]),
  'connections.join.cleared': (db) => createConnections(db, 'T').join(WORD, WORD, charge, NOW, 50, 1),
  'connections.isMember': (db) => createConnections(db, 'T').isMember(WORD, WORD, NOW),
  'users.addConnection': (db) => createUserStore(db, 'T').addConnection(WORD, WORD, 5, NOW),
  'users.replaceConnections': (db) =>
    createUserStore(db, 'T').replaceConnections(WORD, WORD, { known: [WORD, 'c2'], gone: [WORD] }, NOW),
  'users.startCooldown': (db) => createUserStore(db, 'T').startCooldown(WORD, NOW),
  'users.removeConnections': (db) => createUserStore(db, 'T').removeConnections(WORD, [WORD]),
  'users.addBan': (db) => createUserStore(db, 'T').addBan(WORD, { room: WORD, until: NOW }, NOW),
  'users.removeBan': (db) => createUserStore(db, 'T').removeBan(WORD, WORD),
  'users.addBan.moderator': (db) =>
    createUserStore(db, 'T').addBan(WORD, { room: WORD, until: NOW, by: user }, NOW),
  'roomBans.add': (db) => createRoomBans(db, TABLES).add(WORD, WORD, NOW),
  'roomBans.nameUser': (db) => createRoomBans(db, TABLES).nameUser(user, WORD),
  'roomBans.readPage': (db) => createRoomBans(db, TABLES).readPage(WORD, WORD, 10, NOW),
  'members.readPage': (db) => createMemberStore(db, 'T').readPage(WORD, WORD, 10),
  'users.isKnown': (db) => createUserStore(db, 'T').isKnown(WORD),
  'globalBans.findGlobalBan': (db) => createGlobalBanStore(db, 'T').findGlobalBan(WORD, NOW),
  'users.findBan': (db) => createUserStore(db, 'T').findBan(WORD, [WORD], NOW),
  'users.findBans': (db) => createUserStore(db, 'T').findBans(WORD, [WORD, 'r2'], NOW),
  'users.readConnections': (db) => createUserStore(db, 'T').readConnections(WORD),
  'follows.add': (db) => createFollowStore(db, 'T').add(WORD, follow, 500, NOW),
  'follows.remove': (db) => createFollowStore(db, 'T').remove(WORD, WORD),
  'follows.keep': (db) => createFollowStore(db, 'T').keep(WORD, [WORD], NOW),
  'follows.mark': (db) => createFollowStore(db, 'T').mark(WORD, WORD, 0, { ...mark, expiresAt: NOW }, NOW),
  'follows.mark unread': (db) => createFollowStore(db, 'T').mark(WORD, WORD, 7, mark, NOW),
  'gone.raise': (db) => createGoneStore(db, 'T').raise(WORD, 1),
  'gone.read': (db) => createGoneStore(db, 'T').read(WORD),
  'messageCounts.countMessages': (db) =>
    createMessageCountStore(db, 'T').countMessages(WORD, { above: 1, upTo: 9 }, NOW, {
      messages: 9,
      kilobytes: 9,
    }),
  'messageCounts.readNewest': (db) => createMessageCountStore(db, 'T').readNewest(WORD),
  'mentions.add': (db) => createMentionStore(db, 'T').add(WORD, WORD, 1, NOW),
  'follows.readPage': (db) => createFollowStore(db, 'T').readPage(WORD, WORD, 25, NOW),
  'memberships.add': (db) => createListedMemberStore(db, 'T').add(WORD, { room: WORD, since: NOW }),
  'memberships.remove': (db) => createListedMemberStore(db, 'T').remove(WORD, WORD),
  'memberships.finishRemoval': (db) => createListedMemberStore(db, 'T').finishRemoval(WORD, WORD),
  'memberships.findRooms': (db) => createListedMemberStore(db, 'T').findRooms(WORD, [WORD]),
  'memberships.findUsers': (db) => createListedMemberStore(db, 'T').findUsers(WORD, [WORD]),
  'memberships.forgetSome': (db) => createListedMemberStore(db, 'T').forgetSome(WORD, 25),
  'roomSettings.read': (db) => createRoomSettingsStore(db, 'T').read(WORD),
  'roomSettings.readAll': (db) => createRoomSettingsStore(db, 'T').readAll([WORD, 'r2']),
  'roomSettings.change': (db) => createRoomSettingsWriter(db, 'T').change(WORD, { title: WORD, slow: 0 }),
  'roomSettings.change.off': (db) => createRoomSettingsWriter(db, 'T').change(WORD, { readOnly: false }),
  'roomSettings.noteMute': (db) => createRoomSettingsWriter(db, 'T').noteMute(WORD, NOW),
  'restrictions.read': (db) => createRestrictionStore(db, 'T').read(WORD, WORD),
  'restrictions.mute': (db) => createMuteStore(db, 'T').mute(WORD, { user, until: NOW }, NOW),
  'restrictions.mute.moderator': (db) =>
    createMuteStore(db, 'T').mute(WORD, { user, until: NOW, by: user }, NOW),
  'restrictions.unmute': (db) => createMuteStore(db, 'T').unmute(WORD, WORD),
  'restrictions.takeTurn': (db) => createRestrictionStore(db, 'T').takeTurn(WORD, WORD, turn),
  'restrictions.forgetSome': (db) => createRestrictionErasureStore(db, 'T').forgetSome(WORD, 25),
  'notifications.read': (db) => createNotificationStore(db, 'T').read(WORD, WORD, NOW),
  'notifications.set': (db) => createNotificationStore(db, 'T').set(WORD, WORD, { level: 'all' }, NOW),
  'notifications.claim': (db) =>
    createNotificationStore(db, 'T').claim(WORD, WORD, { run: WORD, seq: 1, now: NOW, nextAt: NOW }),
  'notifications.confirm': (db) => createNotificationStore(db, 'T').confirm(WORD, WORD, WORD, 1),
  'watchers.add': (db) => createWatcherStore(db, 'T').add(WORD, { userHash: WORD, since: 1 }),
  'watchers.remove': (db) => createWatcherStore(db, 'T').remove(WORD, WORD, 1),
  'subscriptions.add': (db) => createSubscriptionStore(db, 'T').add(WORD, subscription, NOW),
  'subscriptions.remove': (db) => createSubscriptionStore(db, 'T').remove(WORD, WORD),
  'subscriptions.forgetSome': (db) => createSubscriptionStore(db, 'T').forgetSome(WORD, 25),
  'reports.add': (db) =>
    createReportStore(db, 'T').add(WORD, report, { perMessage: 9, perUser: 0, until: NOW }),
  'reports.readPage': (db) => createReportStore(db, 'T').readPage(WORD, WORD, 10, NOW),
  'reports.resolve': (db) => createReportStore(db, 'T').resolve(WORD, 1),
  'reports.forgetSome': (db) => createReportErasureStore(db, 'T').forgetSome(WORD, 25),
  'reports.forgetSomeIn': (db) => createReportErasureStore(db, 'T').forgetSomeIn(WORD, 25),
  'held.add': (db) => createHeldStore(db, 'T').add(WORD, held, { perUser: 0, until: NOW }),
  'held.withdraw': (db) => createHeldStore(db, 'T').withdraw(WORD, held.request),
  'held.find': (db) => createHeldQueue(db, 'T').find(WORD, WORD, NOW),
  'held.readPage': (db) => createHeldQueue(db, 'T').readPage(WORD, WORD, 10, NOW),
  'held.remove': (db) => createHeldQueue(db, 'T').remove(WORD, WORD),
  'held.forgetSome': (db) => createHeldErasureStore(db, 'T').forgetSome(WORD, 25),
  'held.forgetSomeIn': (db) => createHeldErasureStore(db, 'T').forgetSomeIn(WORD, 25),
  'verdicts.settle': (db) =>
    createDecisionStore(db, 'T').settle(WORD, { verdict: 'deny', reason: WORD }, NOW),
  'connections.find': (db) => createConnections(db, 'T').find([WORD]),
  'connections.markLapsed': (db) => createConnections(db, 'T').markLapsed(WORD, WORD, NOW),
  'sendQuotas.charge': (db) => createSendQuotaStore(db, 'T').charge(WORD, charge),
  'sendQuotas.chargeUnits': (db) => createSendQuotaStore(db, 'T').chargeUnits(WORD, { now: 1, costMs: 1 }),
  'uploadQuotas.charge': (db) => createUploadQuotaStore(db, 'T').charge(WORD, charge),
  'idempotency.getOrSetBaseSeq': (db) =>
    createIdempotencyStore(db, 'T').getOrSetBaseSeq({ room: WORD, id: WORD, user: WORD }, 1, NOW),
  'members.add': (db) => createMemberStore(db, 'T').add({ ...connection, room: WORD }),
  'members.tombstone': (db) => createMemberStore(db, 'T').tombstone(WORD, WORD, 1, NOW),
  'members.remove': (db) => createMemberStore(db, 'T').remove(WORD, WORD, 1),
  'members.list': (db) => createMemberStore(db, 'T').list(WORD, 10)[Symbol.asyncIterator]().next(),
  'log.readForward': (db) => createLogStore(db, 'T').readForward(WORD, 1, 10, NOW),
  'log.readBackward': (db) => createLogStore(db, 'T').readBackward(WORD, 9, 10, NOW),
  'log.readIdentities': (db) => createLogStore(db, 'T').readIdentities(WORD, 1, 10),
  'log.put': (db) =>
    createLogStore(db, 'T').put(WORD, { type: 'message', seq: 1, id: WORD, text: WORD, from: user, at: NOW }),
  'log.rows': (db) => createLogStore(db, 'T').readRows(WORD, [1], NOW),
  'log.target': (db) => createLogStore(db, 'T').readTarget(WORD, 1, NOW),
  'log.edit': (db) =>
    createLogStore(db, 'T').applyChange(WORD, {
      ...({ type: 'edited', seq: 2, id: WORD, of: 1, text: WORD, from: user, at: NOW } as const),
      ...{ data: { [WORD]: WORD }, mentions: [WORD] },
    }),
  'log.delete': (db) =>
    createLogStore(db, 'T').applyChange(WORD, {
      type: 'deleted',
      seq: 2,
      id: WORD,
      of: 1,
      from: user,
      at: NOW,
      by: 'author',
    }),
  'log.clearPending': (db) => createLogStore(db, 'T').clearPending(WORD, { type: 'edited', seq: 1 }),
  'log.expire': (db) => createLogStore(db, 'T').expire(WORD, 1, NOW),
  'log.roomsBeyond': (db) => createLogStore(db, 'T').roomsBeyond(new Map([[WORD, 1]])),
  'records.erase': (db) => createErasureStore(db, 'T').erase(WORD, { seq: 1, id: WORD, user: WORD }),
  'users.addBan.signOut': (db) =>
    createUserStore(db, 'T').addBan(WORD, { room: WORD, until: NOW, isSignOut: true }, NOW),
  'rooms.step': (db) => createRoomIndex(db, 'T').step({ room: WORD, seq: 1 }),
  'rooms.readHead': (db) => createRoomIndex(db, 'T').readHead(WORD),
  'directory.read': (db) => createUserDirectory(db, 'T').read(WORD, NOW),
  'directory.scanConnections': (db) => createUserDirectory(db, 'T').scanConnections(NOW, WORD),
  'directory.scanBans': (db) => createUserDirectory(db, 'T').scanBans(NOW, WORD),
  'records.rowsOf': (db) => createErasureStore(db, 'T').findRowsOf(WORD),
};

/** Everything in a call that the database reads as more than a value. */
const readAsCode = (input: Input) =>
  Object.entries(input).filter(([field]) => /Expression$|^ExpressionAttributeNames$|^TableName$/.test(field));

it.each(Object.entries(calls))(
  '%s puts nothing of a stranger’s into an expression or a name',
  async (_name, call) => {
    for (const refuses of [false, true]) {
      const inputs: Input[] = [];
      const database: Database = {
        async call(_operation, input) {
          inputs.push(input);
          if (refuses && input.ConditionExpression) throw new ConditionFailed();
          return {};
        },
      };
      await call(database).catch(() => {});

      expect(inputs.length).toBeGreaterThan(0);
      for (const input of inputs) {
        expect(JSON.stringify(readAsCode(input))).not.toContain('CANARY');
        const names = Object.keys(input.ExpressionAttributeValues ?? {});
        expect(names.filter((name) => !/^:[a-z]\w*$/i.test(name))).toEqual([]);
      }
    }
  },
);
