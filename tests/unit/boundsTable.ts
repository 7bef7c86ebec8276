/** What could go on for longer than its writer thought, its bound, and a test that holds the longest. */
export interface Bound {
  /** A file, or the rows of the database that hold a set. */
  where: string;
  what: string;
  atMost: string;
  /** The file of a test, and its title. */
  test: readonly [file: string, title: string];
}

const ADAPTERS = 'tests/stores/adapters.test.ts';
const ANNOUNCEMENTS = 'tests/unit/announcements.test.ts';
const RELAY = 'tests/unit/relay.test.ts';
const NOTIFICATIONS = 'tests/unit/notifications.test.ts';
const REMOVE_USER = 'tests/unit/removeUser.test.ts';
const CONTRACT = 'tests/stores/contract.ts';
const AWS_HTTP = 'tests/awsHttp/contract.test.ts';
const REACTIONS = 'tests/unit/reactions.test.ts';

const BATCHES = 'tests/unit/batches.test.ts';
const FIVE = [CONTRACT, 'have no more than five when twenty connect at once'] as const;

/** Every loop, batch and memory of `lib/`, and every set in the database's rows. */
export const BOUNDS: readonly Bound[] = [
  {
    where: 'lib/auth/jwksCache.ts',
    what: "the provider's keys",
    atMost: '256 KB, within 3 s',
    test: ['tests/unit/oidcTokens.test.ts', 'are read up to 256 KB'],
  },
  {
    where: 'lib/actions/getRooms.ts',
    what: 'heads and newest entries read at once',
    atMost: '25 rooms of a page',
    test: [BATCHES, 'a page of followed rooms reads the newest entries and the rules of 25 rooms at once'],
  },
  {
    where: 'lib/actions/getRooms.ts',
    what: 'parts of the list that are read again for the notes of mentions',
    atMost: 'two for a page',
    test: [
      'tests/unit/mentions.test.ts',
      'are those up to the head in the last room of a page, though the user follows others meanwhile',
    ],
  },
  {
    where: 'lib/moderation/roomRules.ts',
    what: 'rooms whose rules are read at once',
    atMost: '25 rooms of a page',
    test: [BATCHES, 'a page of followed rooms reads the newest entries and the rules of 25 rooms at once'],
  },
  {
    where: 'lib/actions/ping.ts',
    what: 'heads and member rows read at once',
    atMost: '50 rooms of a frame',
    test: [BATCHES, 'a ping of %d rooms is answered %s, after %d heads were read'],
  },
  {
    where: 'lib/aws/dynamodb/draftStore.ts',
    what: 'parts of a draft that are put together',
    atMost: '4,000 characters, and a part has one at least',
    test: ['tests/unit/drafts.test.ts', 'has at most the characters of a message'],
  },
  {
    where: 'lib/aws/dynamodb/reactionStore.ts',
    what: 'sets of a message',
    atMost: '1,000 for a list, twice 10,000 users for an entry',
    test: [
      BATCHES,
      'sets of reactions are read up to their limit, however many pages the database makes of them',
    ],
  },
  {
    where: 'lib/aws/http/serviceClient.ts',
    what: 'attempts of a call',
    atMost: '2',
    test: [
      'tests/awsHttp/services.test.ts',
      'a fan-out that is answered %i was not handed over, after %i tries',
    ],
  },
  {
    where: 'lib/connections/openConnection.ts',
    what: 'connections that are put out at once, and their rooms',
    atMost: 'connectionsPerUser, 50 rooms each',
    test: FIVE,
  },
  {
    where: 'lib/fanOut/prefetch.ts',
    what: 'items that are read ahead',
    atMost: '1',
    test: ['tests/unit/largeRooms.test.ts', 'is one item ahead and no more, and gives all in order'],
  },
  {
    where: 'lib/log/expiry.ts',
    what: 'rows that get an expiry at once',
    atMost: '64 write units',
    test: ['tests/stores/prices.test.ts', '$frame costs no more than its row says'],
  },
  {
    where: 'lib/log/findDuplicatePaged.ts',
    what: 'kilobytes that are searched',
    atMost: '3,000 and a page',
    test: ['tests/unit/findDuplicatePaged.test.ts', 'gives up after 3,000 KB, and a page'],
  },
  {
    where: 'lib/log/pendingChanges.ts',
    what: 'changes that are completed at once',
    atMost: 'a page or a search: 501 rows',
    test: [BATCHES, 'a search completes the changes of a page of 500 rows at once, and of the row above'],
  },
  {
    where: 'lib/log/readRange.ts',
    what: 'rows that are compared',
    atMost: '500',
    test: ['tests/unit/appendEntry.test.ts', 'reads a range %s'],
  },
  {
    where: 'lib/log/readRange.ts',
    what: 'kilobytes that are compared',
    atMost: '128 and a part of 32 rows',
    test: ['tests/unit/appendEntry.test.ts', 'reads a range %s'],
  },
  {
    where: 'lib/moderation/endGuest.ts',
    what: 'connections of a guest',
    atMost: 'connectionsPerUser',
    test: FIVE,
  },
  {
    where: 'lib/moderation/evict.ts',
    what: 'connections of a user that are put out at once',
    atMost: 'connectionsPerUser',
    test: FIVE,
  },
  {
    where: 'lib/moderation/evict.ts',
    what: 'connections of a room that are put out at once',
    atMost: '100 of a room that becomes private',
    test: [BATCHES, 'a room that becomes private puts out a hundred connections at a time'],
  },
  {
    where: 'lib/moderation/muteUser.ts',
    what: 'connections of a user that are asked for at once',
    atMost: 'connectionsPerUser, 5 unless the deployment allows more',
    test: FIVE,
  },
  {
    where: 'lib/moderation/removeUser.ts',
    what: 'connections of a user',
    atMost: 'connectionsPerUser',
    test: FIVE,
  },
  {
    where: 'lib/moderation/removeUser.ts',
    what: 'rooms of a connection',
    atMost: '50',
    test: [CONTRACT, 'has no more than fifty when twenty join at once'],
  },
  {
    where: 'lib/actions/joinRoom.ts',
    what: 'looks for a ban',
    atMost: '3',
    test: [
      'tests/unit/roomActions.test.ts',
      'a join looks three times for a ban of a connection that is removed from rooms all the time',
    ],
  },
  {
    where: 'lib/events/claimRoom.ts',
    what: 'attempts to claim a room',
    atMost: '3',
    test: [RELAY, 'gives a wake back whose room is claimed and freed three times meanwhile'],
  },
  {
    where: 'lib/events/relayRoom.ts',
    what: 'entries of a room that a run sends',
    atMost: '10 pages of 50',
    test: [RELAY, 'sends 500 entries of a room in a run, and the rest in the next one'],
  },
  {
    where: 'lib/events/relayRoom.ts',
    what: 'erasures of a room that a run tells of',
    atMost: '100',
    test: [RELAY, 'tells of 100 erasures in a run, and of the rest in the next one'],
  },
  {
    where: 'lib/events/erasuresWithEvents.ts',
    what: 'rooms whose relay a call wakes',
    atMost: 'those of the entries that a call erases, each once',
    test: [
      RELAY,
      'an erasure notes each entry of a user, also of those about others, and wakes the relay once for each room',
    ],
  },
  {
    where: 'lib/push/noticeMessages.ts',
    what: 'authors whose follow is read at once, in a direct room',
    atMost: 'the authors in one batch of the stream, 100',
    test: [NOTIFICATIONS, 'in a direct room bring a notice to the other user'],
  },
  {
    where: 'lib/push/noticeRows.ts',
    what: 'rooms at a time',
    atMost: '10',
    test: [
      NOTIFICATIONS,
      'are served in ten rooms at a time, and a failure in one room is the failure of its records',
    ],
  },
  {
    where: 'lib/push/notifyAll.ts',
    what: 'notices at a time',
    atMost: '10',
    test: [
      NOTIFICATIONS,
      'is served beside nine others, and a record comes again if one of its notices failed',
    ],
  },
  {
    where: 'lib/push/notifyUser.ts',
    what: 'devices of a user that are told at once',
    atMost: '10',
    test: [CONTRACT, 'are ten at most, those that browsers sent last'],
  },
  {
    where: 'lib/aws/dynamodb/subscriptionStore.ts',
    what: 'subscriptions of a user',
    atMost: '10, and as many more as came at once',
    test: [CONTRACT, 'are ten at most, those that browsers sent last'],
  },
  {
    where: 'rows of Members',
    what: 'users who are notified of all messages of a room',
    atMost: '500',
    test: [CONTRACT, 'are 500 at most'],
  },
  {
    where: 'lib/aws/sqs/queuedNotices.ts',
    what: 'messages that are sent at a time',
    atMost: '10, each with 10 notices',
    test: [NOTIFICATIONS, 'notices are queued ten in a message, ten messages at a time'],
  },
  {
    where: 'lib/events/relayWakes.ts',
    what: 'rooms at a time',
    atMost: '10',
    test: [RELAY, 'works on ten rooms at a time'],
  },
  {
    where: 'lib/aws/dynamodb/chargeBucket.ts',
    what: 'attempts to charge a bucket',
    atMost: '4',
    test: [ADAPTERS, 'refuses after four attempts'],
  },
  {
    where: 'lib/aws/dynamodb/sendQuotaStore.ts',
    what: 'attempts to charge units',
    atMost: '4',
    test: [ADAPTERS, 'is charged for units later, after four attempts'],
  },
  {
    where: 'lib/aws/s3/fileStore.ts',
    what: 'attempts of a call',
    atMost: '2',
    test: ['tests/unit/fileStore.test.ts', 'a call of S3 is tried twice'],
  },
  {
    where: 'lib/connections/announcements.ts',
    what: 'lapsed connections that a join tells of',
    atMost: '10',
    test: [ANNOUNCEMENTS, 'a join tells a room of ten lapsed connections at most'],
  },
  {
    where: 'lib/moderation/removeUser.ts',
    what: 'attempts to close a socket',
    atMost: '4',
    test: [REMOVE_USER, 'asks a socket to close until it is closed, and says so when it may still be open'],
  },
  {
    where: 'lib/aws/dynamodb/roomNames.ts',
    what: 'names of a row, and attempts to write one',
    atMost: '150 names, 4 attempts',
    test: [ADAPTERS, 'are 150 at most: those of rooms that were left make place'],
  },
  {
    where: 'lib/aws/dynamodb/forgetRows.ts',
    what: 'rows of a user that are deleted at once',
    atMost: '25 rooms a part, and one room a row',
    test: ['tests/stores/erasureContract.ts', 'forgets mutes, and what slow mode knows of a user'],
  },
  {
    where: 'lib/aws/dynamodb/reportStore.ts',
    what: 'reports of a message and of a user, which each new one counts',
    atMost: '20 of a message, 50 of a user, and those that are added at once',
    test: ['tests/stores/contract.ts', 'are no more than allowed of one message, and of one user'],
  },
  {
    where: 'lib/aws/dynamodb/heldStore.ts',
    what: 'held messages of a user, which each new one counts',
    atMost: '10, and those that are added at once',
    test: ['tests/stores/contract.ts', 'are no more of a user than allowed, however many come at once'],
  },
  {
    where: 'lib/aws/dynamodb/removeListed.ts',
    what: 'rows of reports or held messages that are deleted at once',
    atMost: '25 a part',
    test: ['tests/stores/erasureContract.ts', 'takes the reports that a user made, and those in a room'],
  },
  {
    where: 'lib/moderation/closeToOutsiders.ts',
    what: 'pages of connections of a room that becomes private',
    atMost: '500 connections, and those that join meanwhile',
    test: ['tests/unit/privateRooms.test.ts', 'does not become private with more than 500 connections'],
  },
  {
    where: 'lib/moderation/roomRules.ts',
    what: 'rooms whose rules a container keeps',
    atMost: '500 rooms, each for 10 s',
    test: ['tests/unit/roomRules.test.ts', 'keeps the rules of at most 500 rooms'],
  },
  {
    where: 'lib/aws/dynamodb/batchGet.ts',
    what: 'calls of a read by keys',
    atMost: '100 keys a call, 5 calls in a row without a row',
    test: [ADAPTERS, 'a batch of any size is read in parts of a hundred keys, those left out among them'],
  },
  {
    where: 'lib/aws/dynamodb/followStore.ts',
    what: 'rows of a user, which each new one counts',
    atMost: '500 rooms a user',
    test: [CONTRACT, 'are never more than allowed, however many are added at once'],
  },
  {
    where: 'lib/aws/dynamodb/messageCountStore.ts',
    what: 'rows that are read to count messages',
    atMost: '200 KB and one part of it, and 99 messages',
    test: ['tests/stores/prices.test.ts', '$frame costs no more than its row says'],
  },
  {
    where: 'lib/aws/dynamodb/mentionStore.ts',
    what: "notes of a user's mentions in a room",
    atMost: '40, of which the newest 20 stay',
    test: [CONTRACT, 'up to forty, of which the newest twenty stay, and none that is older'],
  },
  {
    where: 'lib/log/logWithMentions.ts',
    what: 'users whose mention is noted at once',
    atMost: '20 mentions of a message',
    test: ['tests/unit/parseClientFrame.test.ts', 'for %s'],
  },
  {
    where: 'lib/log/countMentions.ts',
    what: 'entries that are read to count mentions',
    atMost: '40 a room, ten at once, and no more once they hold 400 KB',
    test: ['tests/unit/mentions.test.ts', 'of further rooms are not counted once one call has read much'],
  },
  {
    where: 'lib/log/countUnread.ts',
    what: 'reads to find the oldest live row',
    atMost: "twice the logarithm of the log's length",
    test: ['tests/unit/readMarks.test.ts', 'are those of the rows that are not %s'],
  },
  {
    where: 'lib/aws/dynamodb/firstLiveRow.ts',
    what: 'reads to find a live row',
    atMost: "the logarithm of the log's length",
    test: [ADAPTERS, 'are found above %s in a few calls'],
  },
  {
    where: 'lib/aws/dynamodb/logStore.ts',
    what: 'pages of a read',
    atMost: 'the rows asked for, and 3 pages of expired rows before a leap',
    test: [ADAPTERS, 'are found above %s in a few calls'],
  },
  {
    where: 'lib/aws/dynamodb/memberStore.ts',
    what: 'pages of members',
    atMost: 'its reader: a deadline, or 500 counted members',
    test: ['tests/unit/presence.test.ts', 'looks at no more than five hundred'],
  },
  {
    where: 'lib/aws/dynamodb/reactionErasureStore.ts',
    what: 'rows that are removed at once',
    atMost: '200 a call, 25 at the same time',
    test: ['tests/unit/batches.test.ts', 'reactions are removed 25 at a time, and as many as were asked for'],
  },
  {
    where: 'lib/aws/http/bodyParser.ts',
    what: 'bytes of a response',
    atMost: 'its limit, and 4 KB a line',
    test: ['tests/awsHttp/response.test.ts', 'gives up an answer with %s'],
  },
  {
    where: 'lib/aws/http/connectionPool.ts',
    what: 'connections',
    atMost: "the pool's limit",
    test: ['tests/awsHttp/connections.test.ts', 'a new one while all are busy, up to the limit'],
  },
  {
    where: 'lib/aws/http/responseParser.ts',
    what: 'bytes of a head',
    atMost: '16 KB',
    test: ['tests/awsHttp/response.test.ts', 'gives up an answer with %s'],
  },
  {
    where: 'lib/aws/http/responseParser.ts',
    what: 'interim responses',
    atMost: 'the time of the response',
    test: [AWS_HTTP, '%s that never ends is given up after two seconds at most'],
  },
  {
    where: 'lib/connections/announcements.ts',
    what: 'rooms that are told at once',
    atMost: 'the rooms of 100 connections',
    test: [ANNOUNCEMENTS, 'a room that loses all its connections is forgotten a hundred of them at a time'],
  },
  {
    where: 'lib/connections/openConnection.ts',
    what: 'attempts of a handshake',
    atMost: '8',
    test: [
      REMOVE_USER,
      'a handshake beside others that take each place made free is refused after eight attempts',
    ],
  },
  {
    where: 'lib/connections/removeClosedConnections.ts',
    what: 'connections that are removed at once',
    atMost: '100',
    test: [ANNOUNCEMENTS, 'a room that loses all its connections is forgotten a hundred of them at a time'],
  },
  {
    where: 'lib/delivery/fanOutToMembers.ts',
    what: 'members of a message',
    atMost: 'the deadline of the reply or the worker',
    test: ['tests/unit/fanOut.test.ts', 'begins no post that waited for a lane until after the deadline'],
  },
  {
    where: 'lib/fanOut/concurrencyLimiter.ts',
    what: 'posts under way',
    atMost: '256',
    test: ['tests/unit/fanOut.test.ts', 'posts to a room of %s over %s lanes at a time'],
  },
  {
    where: 'lib/fanOut/fanOut.ts',
    what: 'tries of a post',
    atMost: 'the deadline',
    test: ['tests/unit/fanOut.test.ts', 'tells who was still failing at the deadline, and stops in time'],
  },
  {
    where: 'lib/fanOut/slowReaders.ts',
    what: 'slow readers in memory',
    atMost: '500',
    test: ['tests/unit/fanOut.test.ts', 'remembers no more than five hundred slow readers'],
  },
  {
    where: 'lib/files/removeFilesAt.ts',
    what: 'files of a message',
    atMost: '10',
    test: ['tests/local/files.test.ts', 'a message takes ten files'],
  },
  {
    where: 'lib/files/findFiles.ts',
    what: 'files of a message',
    atMost: '10',
    test: ['tests/local/files.test.ts', 'a message takes ten files'],
  },
  {
    where: 'lib/files/logWithFiles.ts',
    what: 'files of a message',
    atMost: '10',
    test: ['tests/local/files.test.ts', 'a message takes ten files'],
  },
  {
    where: 'lib/files/removeFilesOf.ts',
    what: 'files of a user',
    atMost: '25 at once, for 10 s a call',
    test: ['tests/unit/removeFilesOf.test.ts', 'removes 25 files at a time, and stops after ten seconds'],
  },
  {
    where: 'lib/log/appendEntry.ts',
    what: 'attempts of an append',
    atMost: '20 s',
    test: ['tests/unit/appendEntry.test.ts', 'gives up at its deadline'],
  },
  {
    where: 'lib/log/appendEntry.ts',
    what: 'kilobytes of what others wrote',
    atMost: '3,000 and a part of 32 rows',
    test: ['tests/unit/appendEntry.test.ts', 'gives up after 3,000 KB of what others wrote, and a part'],
  },
  {
    where: 'lib/log/findDuplicatePaged.ts',
    what: 'rows that are searched',
    atMost: '10,000',
    test: ['tests/unit/findDuplicatePaged.test.ts', 'gives up after ten thousand rows'],
  },
  {
    where: 'lib/log/findPlace.ts',
    what: 'reads to find a time',
    atMost: "the logarithm of the log's length",
    test: ['tests/unit/findPlace.test.ts', 'reads few rows of a long room to find a time'],
  },
  {
    where: 'lib/log/recentLogCache.ts',
    what: 'rooms in memory',
    atMost: '200',
    test: [
      'tests/unit/recentLogCache.test.ts',
      'forgets the room it has learned nothing of for longest when there are 200 others',
    ],
  },
  {
    where: 'lib/log/recentLogCache.ts',
    what: 'entries of a room in memory',
    atMost: '500',
    test: ['tests/unit/recentLogCache.test.ts', 'gives %s'],
  },
  {
    where: 'lib/operator/eraseCommand.ts',
    what: "rows of a room's erasure",
    atMost: '200 a call, 25 at once',
    test: ['tests/unit/batches.test.ts', 'a page of a room is erased 25 rows at a time'],
  },
  {
    where: 'lib/operator/eraseCommand.ts',
    what: "pages of a user's erasure",
    atMost: "the call's deadline",
    test: ['tests/unit/batches.test.ts', "a search for a user's rows ends at its deadline"],
  },
  {
    where: 'lib/operator/listRooms.ts',
    what: 'rooms of a page',
    atMost: '100, whose heads are read 25 at once',
    test: ['tests/unit/batches.test.ts', 'a page of rooms has a hundred, whose heads are read 25 at a time'],
  },
  {
    where: 'lib/operator/listRooms.ts',
    what: 'steps to find rooms',
    atMost: '10 s',
    test: ['tests/stores/operatorViews.test.ts', 'a search ends at its deadline with a place to go on'],
  },
  {
    where: 'lib/operator/readUsers.ts',
    what: 'users of a page',
    atMost: '100 and the last part read, for 10 s',
    test: ['tests/unit/batches.test.ts', 'a search for users ends at %s'],
  },
  {
    where: 'lib/protocol/parseJsonObject.ts',
    what: 'characters of a frame',
    atMost: '24 KB, each read once',
    test: ['tests/adversarial/linearTime.test.ts', 'in %s'],
  },
  {
    where: 'lib/rateLimiting/floodDetector.ts',
    what: 'connections in memory',
    atMost: '500',
    test: ['tests/unit/floodPolicy.test.ts', 'remembers no more than five hundred connections'],
  },
  {
    where: 'lib/rateLimiting/retryAfterCache.ts',
    what: 'refusals in memory',
    atMost: '500',
    test: ['tests/unit/retryAfterCache.test.ts', 'remembers no more than five hundred'],
  },
  {
    where: 'lib/rateLimiting/unitQuota.ts',
    what: 'failed charges and debts in memory',
    atMost: '500 each',
    test: ['tests/unit/unitQuota.test.ts', 'keeps the failed charges of five hundred users'],
  },
  {
    where: 'lib/reactions/addOwnReactions.ts',
    what: 'summaries that a page completes',
    atMost: '5',
    test: ['tests/unit/batches.test.ts', 'a page writes five summaries that were left out'],
  },
  {
    where: 'lib/reactions/eraseReactions.ts',
    what: 'reactions of a room',
    atMost: "the call's deadline",
    test: ['tests/unit/batches.test.ts', 'reactions to a message are removed until the deadline'],
  },
  {
    where: 'lib/reactions/summarise.ts',
    what: 'users and names that are counted',
    atMost: '20,000 users with 10 names each, each counted once',
    test: [REACTIONS, 'counts the ten reactions each of as many users as an entry reads, in linear time'],
  },
  {
    where: 'row of a connection',
    what: 'its rooms',
    atMost: '50',
    test: [CONTRACT, 'has no more than fifty when twenty join at once'],
  },
  {
    where: 'row of a connection',
    what: 'rooms that it leaves',
    atMost: '16',
    test: [CONTRACT, 'leaves no more than sixteen rooms before the first of them is finished'],
  },
  {
    where: 'row of a connection',
    what: 'rooms that were not told of its joins and leaves',
    atMost: '50',
    test: [CONTRACT, 'keeps no more than fifty rooms that were not told of it'],
  },
  {
    where: 'row of a connection',
    what: 'rooms that it may not enter',
    atMost: '10, then every room is checked',
    test: [CONTRACT, 'keeps the list of rooms short: with too many of them every room is barred'],
  },
  {
    where: 'row of a user',
    what: 'connections',
    atMost: 'connectionsPerUser',
    test: [CONTRACT, 'have no more than five when twenty connect at once'],
  },
  {
    where: 'row of a user',
    what: 'rooms with a ban',
    atMost: '10, then every room is checked',
    test: [CONTRACT, 'can be banned by the operator, and by a moderator, however many bans they have'],
  },
  {
    where: 'rows of reactions',
    what: 'users of a message',
    atMost: '10,000',
    test: [REACTIONS, 'needs a place among the ten thousand users of a message'],
  },
  {
    where: 'rows of reactions',
    what: 'names of a message, and of a user at it',
    atMost: '20 and 10',
    test: [REACTIONS, 'needs a place: a user has ten on at a message, and a message takes twenty names'],
  },
];
