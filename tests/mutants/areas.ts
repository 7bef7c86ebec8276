/** Files of one concern, and the tests that see them: the quick ones first, then every other one. */
export interface Area {
  name: string;
  files: readonly string[];
  /** Jest's patterns, tried in this order until one finds the mistake. */
  tests: readonly (readonly string[])[];
  /** The simulation runs these files: it is tried last. */
  isSimulated: boolean;
}

const unit = (...names: string[]): string[] => names.map((name) => `tests/unit/${name}\\.test`);
const EVERY_UNIT = ['tests/unit/'];
const STORES = ['tests/stores/dynoxide\\.test', 'tests/stores/adapters\\.test'];

const core = (name: string, files: string[], quick: string[]): Area => ({
  name,
  files: files.map((file) => `lib/${file}.ts`),
  tests: [unit(...quick), EVERY_UNIT],
  isSimulated: true,
});

const store = (name: string, files: string[]): Area => ({
  name,
  files: files.map((file) => `lib/aws/dynamodb/${file}.ts`),
  tests: [STORES],
  isSimulated: false,
});

const client = (name: string, files: string[], quick: string[]): Area => ({
  name,
  files: files.map((file) => `client/${file}.ts`),
  tests: [quick.map((test) => `tests/client/${test}\\.test`), ['tests/client/']],
  isSimulated: true,
});

export const AREAS: readonly Area[] = [
  core(
    'append',
    [
      'log/appendEntry',
      'log/entryIdentity',
      'log/entryDraft',
      'log/recentLogCache',
      'log/pendingChanges',
      'log/appendOwnEntry',
      'log/serverUser',
    ],
    ['appendEntry', 'recentLogCache'],
  ),
  store('append', ['logStore', 'changeUpdate', 'writeMessageRow', 'readMessageRow']),
  core(
    'duplicate search',
    ['log/findDuplicate', 'log/findDuplicatePaged', 'log/readRange', 'log/contentHash', 'log/erasureTrace'],
    ['appendEntry', 'findDuplicatePaged', 'publishForBackEnd'],
  ),
  core(
    'publishing',
    [
      'actions/sendMessage',
      'actions/publishForBackEnd',
      'actions/actForBackEnd',
      'actions/backEndRequests',
      'delivery/appendAndAcknowledge',
      'delivery/entryDrafts',
      'delivery/fanOutJob',
      'delivery/deliverEntry',
      'delivery/runFanOutJob',
      'delivery/fanOutToMembers',
      'log/expiry',
    ],
    ['sendMessage', 'publishForBackEnd', 'backEndReactions', 'deliverEntry', 'largeRooms'],
  ),
  core(
    'events',
    [
      'events/claimRoom',
      'events/countFailure',
      'events/erasuresWithEvents',
      'events/readEvents',
      'events/relayBatch',
      'events/relayRoom',
      'events/relayWakes',
      'events/replayRoom',
    ],
    ['relay'],
  ),
  core(
    'notifications',
    [
      'push/countFailure',
      'push/isPushEndpoint',
      'push/noticeMessages',
      'push/noticeRows',
      'push/notifyAll',
      'push/notifyUser',
      'push/parseRecords',
      'push/pushSender',
      'push/vapidKey',
    ],
    ['notifications', 'pushSender'],
  ),
  core(
    'review',
    [
      'actions/searchThenPrepare',
      'actions/decide',
      'review/reviewWords',
      'review/holdMessage',
      'review/parseVerdict',
    ],
    ['review', 'held', 'changes'],
  ),
  core(
    'membership',
    [
      'actions/joinRoom',
      'actions/leaveRoom',
      'actions/ping',
      'connections/openConnection',
      'connections/removeClosedConnections',
      'connections/announcements',
      'connections/presence',
    ],
    ['roomActions', 'ping', 'presence', 'removeUser'],
  ),
  store('membership', [
    'memberStore',
    'connectionStore',
    'connectionRoomStore',
    'handshakeStore',
    'connectionRow',
    'frameUpdates',
    'roomKeys',
    'roomNames',
  ]),
  core(
    'moderation',
    [
      'moderation/removeUser',
      'moderation/recordRemoval',
      'moderation/endGuest',
      'moderation/muteUser',
      'moderation/roomRules',
      'actions/kick',
      'actions/unban',
      'actions/mute',
      'actions/setRoom',
      'moderation/evict',
      'actions/chargeOutside',
    ],
    ['removeUser', 'roomRules'],
  ),
  core(
    'private rooms',
    [
      'moderation/roomAccess',
      'moderation/closeToOutsiders',
      'actions/chargeModerator',
      'actions/addMember',
      'actions/makeMember',
      'actions/openDirect',
      'actions/removeMember',
    ],
    ['privateRooms', 'directRooms'],
  ),
  store('private rooms', ['listedMemberStore']),
  {
    ...core(
      'reports',
      ['actions/report', 'actions/getQueue', 'actions/resolveReports', 'log/previewOf'],
      ['reports', 'held'],
    ),
    isSimulated: false,
  },
  store('held messages', ['heldStore', 'heldQueue', 'heldRows', 'heldErasureStore', 'decisionStore']),
  store('reports', ['reportStore', 'reportRows', 'reportErasureStore', 'removeListed']),
  { ...core('bans', ['operator/banCommand'], ['removeUser']), isSimulated: false },
  { ...core('rooms by operators', ['operator/roomCommand'], ['roomCommand']), isSimulated: false },
  store('bans', ['userStore', 'userRows', 'bans', 'globalBanStore']),
  store('rules of rooms', [
    'roomSettingsStore',
    'roomSettingsWriter',
    'roomSettingsRow',
    'restrictionStore',
    'restrictionErasureStore',
    'forgetRows',
    'restrictionRows',
    'muteStore',
  ]),
  core(
    'rate limits',
    [
      'rateLimiting/tokenBucket',
      'rateLimiting/sendQuota',
      'rateLimiting/joinQuota',
      'rateLimiting/floodDetector',
      'rateLimiting/floodPolicy',
      'rateLimiting/retryAfterCache',
      'rateLimiting/unitQuota',
      'rateLimiting/uploadQuota',
      'rateLimiting/unitBucket',
    ],
    ['unitQuota', 'uploadQuota', 'tokenBucket', 'floodPolicy', 'retryAfterCache', 'sendMessage'],
  ),
  store('rate limits', [
    'sendQuotaStore',
    'idempotencyStore',
    'chargeBucket',
    'chargeConnection',
    'tokenBucketUpdate',
  ]),
  core(
    'fan-out',
    ['fanOut/fanOut', 'fanOut/concurrencyLimiter', 'fanOut/prefetch', 'fanOut/slowReaders'],
    ['fanOut', 'concurrencyQueue', 'largeRooms'],
  ),
  core(
    'unread messages',
    [
      ...['log/countUnread', 'log/logWithGone', 'actions/read', 'actions/getRooms'],
      ...['log/countMentions', 'log/logWithMentions'],
    ],
    ['readMarks', 'follows', 'mentions'],
  ),
  store('unread messages', [
    ...['followStore', 'followRow', 'markRow', 'mentionStore'],
    ...['goneStore', 'messageCountStore'],
  ]),
  store('notifications', ['notificationStore', 'watcherStore', 'subscriptionStore']),
  core(
    'history',
    ['log/readPage', 'log/findPlace', 'actions/getHistory'],
    ['readPage', 'findPlace', 'roomActions'],
  ),
  client(
    'client timeline',
    [
      'timeline/reorderBuffer',
      'timeline/messageWindow',
      'timeline/prependPage',
      'timeline/roomLog',
      'timeline/gapFiller',
      'timeline/historyReader',
    ],
    ['reorder', 'delivery'],
  ),
  client(
    'client room',
    [
      'room/room',
      'room/sendContent',
      'room/membership',
      'room/sendQueue',
      'room/inFlightSend',
      'room/resolveUnknownSend',
      'history',
    ],
    ['room', 'sending', 'delivery'],
  ),
  client('client outbox', ['outbox/outboxSession', 'outbox/mergeRecords'], ['outbox']),
  client('client rooms', ['rooms', 'rooms/followed', 'rooms/insist', 'rooms/marks'], ['rooms']),
  {
    ...client(
      'client outbox',
      [
        'outbox/memorySession',
        'outbox/memoryStore',
        'outbox/file',
        'outbox/journalLines',
        'outbox/journalOwner',
      ],
      ['fileOutbox', 'outbox'],
    ),
    // The simulation has outboxes of its own, which crash.
    isSimulated: false,
  },
  client(
    'client connection',
    ['connection/pacer', 'connection/heartbeat', 'connection/backoff'],
    ['pacing', 'sockets'],
  ),
];
