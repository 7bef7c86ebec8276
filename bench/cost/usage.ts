/** Where events go. */
export const SINKS = ['https', 'fifo', 'bus'] as const;

/** The users of a stack, on average over a month. */
export interface Community {
  /** Users connected at any time. */
  online: number;
  /** Users in each room; each user is in one room. */
  members: number;
  /** Messages of each user an hour. */
  messages: number;
  textBytes: number;
  pingSeconds: number;
  /** Months a message is kept; a month's own messages are there for half of it. */
  keptMonths: number;
  /** Edits of a message. */
  edits: number;
  /** Reactions to a message, each far enough from the one before to have an entry of its own. */
  reactions: number;
  /** Reviews of a message before it is published. */
  reviews: number;
  /** Files of a message. */
  files: number;
  fileKilobytes: number;
  /** Size of a picture's tile, which each other member of the room reads once; 0 for files without a tile. */
  tileKilobytes: number;
  /** Reads of a whole file: by default every tenth other member opens it or, without a tile, each reads it once. */
  fileReads?: number | undefined;
  /** Messages to a room within this time form one frame, in milliseconds; 0 posts each at once. */
  coalesceMs: number;
  /** Where each entry goes as an event; nowhere unless named. */
  events?: (typeof SINKS)[number] | undefined;
}

export const USUAL: Community = {
  online: 200,
  members: 50,
  messages: 20,
  textBytes: 80,
  pingSeconds: 30,
  keptMonths: 12,
  edits: 0,
  reactions: 0,
  reviews: 0,
  files: 0,
  fileKilobytes: 500,
  tileKilobytes: 15,
  coalesceMs: 0,
};

/** What a month uses, in the units that AWS bills. */
export type Usage = Record<
  | 'webSocketMessages'
  | 'connectionMinutes'
  | 'lambdaRequests'
  | 'lambdaArmGbSeconds'
  | 'writeUnits'
  | 'readUnits'
  | 'tableGbMonths'
  | 'backupGbMonths'
  | 'edgeGbOut'
  | 'edgeGbToOrigin'
  | 'edgeRequests'
  | 'httpRequests'
  | 'fileGbMonths'
  | 'fileWrites'
  | 'fileReads'
  | 'secrets'
  | 'queueRequests'
  | 'fifoRequests'
  | 'busEvents'
  | 'internetGbOut',
  number
>;

const HOURS = 730;
const GB = 2 ** 30;
/** A socket lives for two hours at most. */
const CONNECTION_HOURS = 2;
const MEMORY_GB = 0.5;
/** Rows and frames besides the text, in bytes, as the adapters and the protocol write them. */
const MEMBER_ROW_BYTES = 35;
const MESSAGE_ROW_BYTES = 130;
const FRAME_BYTES = 170;
const PING_BYTES = 40;
const FRAME_UNIT_BYTES = 32 * 1024;
/** Capacity units of a short edit and of a reaction, as tests/stores/prices.test.ts counts them; members are besides. */
const EDIT_UNITS = { read: 2, write: 8 };
const REACTION_UNITS = { read: 6, write: 14 };
/** Capacity units of a form, and of a file in a message, as the same test counts them; then those of an address. */
const FILE_UNITS = { read: 2, write: 4 };
const FILE_ADDRESS_UNITS = { read: 3, write: 0 };
/** Seconds that a function takes for a database call, for a post, and for a cold start. */
const DATABASE_SECONDS = 0.005;
const POST_SECONDS = 0.015;
/** A review function of the smallest memory, as an operator may write it. */
const REVIEW_SECONDS = 0.1;
const REVIEW_MEMORY_GB = 0.125;
const LANES_PER_ROOT = 5;
/** Capacity units of an event of a short text, as tests/stores/prices.test.ts counts them. */
const EVENT_UNITS = { read: 2, write: 2 };
/** Seconds until a sink has confirmed an event: a URL as an operator may serve it. */
const SINK_SECONDS = { https: 0.1, fifo: POST_SECONDS, bus: POST_SECONDS };
/** An event and the headers of its request, besides the text. */
const EVENT_BYTES = 700;
/** To an SQS FIFO queue, an event is sent; then the consumer receives and deletes it. */
const FIFO_REQUESTS = 3;
/** Lambda asks the queue of wakes all the time, in so many requests at once that each wait so long for a message. */
const POLLS_AT_ONCE = 5;
const POLL_SECONDS = 20;

export interface Details {
  /** Messages sent. */
  sent: number;
  /** Edits and reactions. */
  changes: number;
  posts: number;
  pings: number;
  connects: number;
  /** Files uploaded, and how often any of them and any of their tiles is read. */
  uploads: number;
  downloads: number;
  tileDownloads: number;
}

/** Of the readers who see a tile, those who open its picture. */
const OPENED_SHARE = 0.1;

export function detailsOf(community: Community): Details {
  const { online, members, messages, pingSeconds, edits, reactions, files, tileKilobytes } = community;
  const tileReads = tileKilobytes > 0 ? members - 1 : 0;
  const { fileReads = tileReads > 0 ? tileReads * OPENED_SHARE : members - 1 } = community;
  const sent = online * messages * HOURS;
  const changes = sent * (edits + reactions);
  return {
    sent,
    changes,
    posts: (sent + changes) * (members - 1) * framesPerMessage(community),
    pings: (online * HOURS * 3600) / pingSeconds,
    connects: (online * HOURS) / CONNECTION_HOURS,
    uploads: sent * files,
    downloads: sent * files * fileReads,
    tileDownloads: sent * files * tileReads,
  };
}

/** Frames a message: below 1 if several messages of a room share a frame. */
export function framesPerMessage({ members, messages, coalesceMs }: Community): number {
  if (coalesceMs === 0) return 1;
  // Messages of a room arrive at random (Poisson): the first opens a window, which holds the next ones.
  const perWindow = ((members * messages) / 3600) * (coalesceMs / 1000);
  return (1 - Math.exp(-perWindow)) / perWindow;
}

export function usageOf(community: Community): Usage {
  const { online, members, textBytes, keptMonths, edits, reactions, reviews, fileKilobytes, tileKilobytes } =
    community;
  const details = detailsOf(community);
  const { sent, changes, posts, pings, connects, uploads, downloads, tileDownloads } = details;
  const addresses = downloads + tileDownloads;
  const frame = textBytes + FRAME_BYTES;
  const row = textBytes + MESSAGE_ROW_BYTES;
  const membersUnits = Math.ceil((members * MEMBER_ROW_BYTES) / 4096);
  const units = Math.ceil(frame / FRAME_UNIT_BYTES);
  const fanOutSeconds = POST_SECONDS * Math.ceil(members / Math.max(4, LANES_PER_ROOT * Math.sqrt(members)));
  const fileGb = fileKilobytes / 1024 ** 2;
  const tileGb = tileKilobytes / 1024 ** 2;
  const storedGb = ((sent + changes) * row * (keptMonths + 0.5)) / GB;
  const sink = community.events;
  // As if each entry came alone. Lambda reads the stream without a charge.
  const events = sink ? sent + changes : 0;

  return {
    // A send or a change, its reply, its posts; a ping and its pong; a join and its reply.
    webSocketMessages: 2 * (sent + changes) + posts * units + 2 * pings + 2 * connects,
    connectionMinutes: online * HOURS * 60,
    // Authorize, connect, disconnect and join for each connection; a form or an address for each file.
    lambdaRequests: sent * (1 + reviews) + changes + pings + 4 * connects + uploads + addresses + events,
    lambdaArmGbSeconds:
      sent * reviews * REVIEW_SECONDS * (MEMORY_GB + REVIEW_MEMORY_GB) +
      MEMORY_GB *
        (sent * (3 * DATABASE_SECONDS + fanOutSeconds) +
          changes * (6 * DATABASE_SECONDS + fanOutSeconds) +
          (pings * 2 + connects * 10 + uploads * 3 + addresses * 2) * DATABASE_SECONDS +
          events * (4 * DATABASE_SECONDS + (sink ? SINK_SECONDS[sink] : 0))),
    // A message: its row, its connection's bucket and its user's, and the expiry of the row before it.
    writeUnits:
      sent * (Math.ceil(row / 1024) + 2 + (keptMonths > 0 ? 1 : 0) + reviews) +
      sent * (edits * EDIT_UNITS.write + reactions * REACTION_UNITS.write) +
      uploads * FILE_UNITS.write +
      addresses * FILE_ADDRESS_UNITS.write +
      events * EVENT_UNITS.write +
      pings +
      6 * connects,
    // A message reads the room's members and at worst the head; a ping reads whether its room is behind.
    readUnits:
      sent * (membersUnits + 1 + reviews) +
      sent * (edits * (membersUnits + EDIT_UNITS.read) + reactions * (membersUnits + REACTION_UNITS.read)) +
      uploads * FILE_UNITS.read +
      addresses * FILE_ADDRESS_UNITS.read +
      events * EVENT_UNITS.read +
      pings +
      4 * connects,
    tableGbMonths: storedGb,
    backupGbMonths: storedGb,
    edgeGbOut: (posts * frame + pings * PING_BYTES) / GB + downloads * fileGb + tileDownloads * tileGb,
    edgeGbToOrigin: ((sent + changes) * frame + pings * PING_BYTES) / GB,
    // A download is asked for at the API, which leads to the file.
    edgeRequests: 2 * connects + uploads + 2 * addresses,
    httpRequests: uploads + addresses,
    fileGbMonths: uploads * (fileGb + tileGb) * (keptMonths + 0.5),
    // The forms of a file and of its tile; the look when its message is sent, and each download.
    fileWrites: uploads * (tileKilobytes > 0 ? 2 : 1),
    fileReads: uploads + addresses,
    secrets: sink === 'https' ? 3 : 2,
    queueRequests: sink ? (POLLS_AT_ONCE * HOURS * 3600) / POLL_SECONDS : 0,
    fifoRequests: sink === 'fifo' ? events * FIFO_REQUESTS : 0,
    busEvents: sink === 'bus' ? events : 0,
    internetGbOut: sink === 'https' ? (events * (textBytes + EVENT_BYTES)) / GB : 0,
  };
}
