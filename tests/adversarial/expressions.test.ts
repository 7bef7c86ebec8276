import { ConditionFailed, type Database, type Input } from '../../lib/aws/dynamodb/client';
import { createConnectionStore } from '../../lib/aws/dynamodb/connectionStore';
import { createRecordStore } from '../../lib/aws/dynamodb/erasureStore';
import { createLogStore } from '../../lib/aws/dynamodb/logStore';
import { createMemberStore } from '../../lib/aws/dynamodb/memberStore';
import { createAuthorStore } from '../../lib/aws/dynamodb/sendQuotaStore';
import { createUserStore } from '../../lib/aws/dynamodb/userStore';
import { chargeFor, sendsAt } from '../../lib/rateLimiting/tokenBucket';
import { HOUR, NOW } from '../unit/stage';

/** Even a room and an id that no parser would let through must stay values. */
const WORD = 'CANARY) OR attribute_exists(#seq';
const user = { id: WORD, name: WORD };
const connection = { id: WORD, user, expiresAt: NOW + HOUR };
const charge = chargeFor('sends', sendsAt(5), NOW);

type Call = (database: Database) => Promise<unknown>;

const calls: Record<string, Call> = {
  'connections.open': (db) => createConnectionStore(db, 'T').open(connection, NOW),
  'connections.close': (db) => createConnectionStore(db, 'T').close(WORD),
  'connections.charge': (db) => createConnectionStore(db, 'T').charge(WORD, WORD, charge, NOW),
  'connections.enter': (db) => createConnectionStore(db, 'T').enter(WORD, WORD, charge, NOW, 50),
  'connections.leave': (db) => createConnectionStore(db, 'T').leave(WORD, WORD, charge, NOW),
  'connections.renew': (db) => createConnectionStore(db, 'T').renew(WORD, charge, NOW),
  'connections.expel': (db) => createConnectionStore(db, 'T').expel(WORD, WORD),
  'connections.shut': (db) => createConnectionStore(db, 'T').shut(WORD),
  'connections.bar': (db) => createConnectionStore(db, 'T').bar(WORD, [WORD]),
  'connections.pardon': (db) => createConnectionStore(db, 'T').pardon(WORD, WORD, 1),
  'connections.isIn': (db) => createConnectionStore(db, 'T').isIn(WORD, WORD, NOW),
  'users.arrive': (db) => createUserStore(db, 'T').arrive(WORD, WORD, 5, NOW),
  'users.holdOff': (db) => createUserStore(db, 'T').holdOff(WORD, NOW),
  'users.dismiss': (db) => createUserStore(db, 'T').dismiss(WORD, [WORD]),
  'users.ban': (db) => createUserStore(db, 'T').ban(WORD, { room: WORD, until: NOW }, NOW),
  'users.lift': (db) => createUserStore(db, 'T').lift(WORD, WORD),
  'users.bans': (db) => createUserStore(db, 'T').bans(WORD, NOW),
  'connections.present': (db) => createConnectionStore(db, 'T').present([WORD], NOW),
  'authors.charge': (db) => createAuthorStore(db, 'T').charge(WORD, charge),
  'authors.giveBack': (db) => createAuthorStore(db, 'T').giveBack(WORD, charge),
  'authors.keepAfter': (db) =>
    createAuthorStore(db, 'T').keepAfter({ room: WORD, id: WORD, user: WORD }, 1, NOW),
  'members.add': (db) => createMemberStore(db, 'T').add({ ...connection, room: WORD }),
  'members.evict': (db) => createMemberStore(db, 'T').evict(WORD, WORD, 1, NOW),
  'members.remove': (db) => createMemberStore(db, 'T').remove(WORD, WORD),
  'members.list': (db) => createMemberStore(db, 'T').list(WORD, 10)[Symbol.asyncIterator]().next(),
  'log.up': (db) => createLogStore(db, 'T').up(WORD, 1, 10, NOW),
  'log.down': (db) => createLogStore(db, 'T').down(WORD, 9, 10, NOW),
  'log.slots': (db) => createLogStore(db, 'T').slots(WORD, 1, 10),
  'log.put': (db) =>
    createLogStore(db, 'T').put(WORD, { type: 'message', seq: 1, id: WORD, text: WORD, from: user, at: NOW }),
  'log.expire': (db) => createLogStore(db, 'T').expire(WORD, 1, NOW),
  'log.reached': (db) => createLogStore(db, 'T').reached(new Map([[WORD, 1]])),
  'records.erase': (db) => createRecordStore(db, 'T').erase(WORD, { seq: 1, id: WORD, user: WORD }),
  'records.rowsOf': (db) => createRecordStore(db, 'T').rowsOf(WORD),
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
