const {
  areGrants,
  areOrigins,
  areProviderOrigins,
  arePushHosts,
  isHttpsUrl,
  isRate,
  isScope,
} = require('./values');

const GRANTS =
  'grants separated by spaces, such as *:rw news:r (the grammar is under Permissions in PROTOCOL.md)';

/**
 * The stack's parameters, given as `--param="name=value"`. Their defaults are in serverless.yml; '' is "not given".
 * `npm run docs` makes docs/parameters.md of this table.
 *
 * Optional parts of the stack are decided from them while packaging. CloudFormation conditions over '' would leave
 * every optional ARN in the template for validators and CloudFormation itself to trip over.
 *
 * Each has a test for its values, the same in words, its purpose, and an example. A required parameter has a default
 * and may not be empty. A part of `hardened` has two defaults: the usual one, and that with `hardened=on`.
 * @satisfies {Record<string, import('../types').Accepted>}
 */
const accepted = {
  hardened: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means:
      'Whether the stack has the protections that production needs. It changes the defaults of five parameters ([which, and what they cost](production.md#hardened))',
    example: 'on',
  },
  allowedOrigins: {
    test: areOrigins,
    takes: 'a comma-separated list of origins such as https://example.com or capacitor://localhost',
    means: "Origins of pages and apps that may use the chat, beside the stack's own page",
    example: 'https://example.com,capacitor://localhost',
  },
  clientsWithoutOrigin: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means:
      'Whether a client without an Origin header may open a connection with a valid token. Browsers always send this header; terminals and back ends do not',
    example: 'off',
  },
  oidcIssuer: {
    test: isHttpsUrl,
    takes: 'an https URL',
    means: "The issuer of the users' tokens. Without it only guests can sign in",
    example: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
  },
  oidcAudience: {
    test: /^\S+$/,
    takes: 'a word without spaces',
    means: 'The audience that the tokens must have',
    example: '4tq7example2client9id',
  },
  oidcJwksUrl: {
    test: isHttpsUrl,
    takes: 'an https URL',
    means: "The address of the issuer's public keys",
    example: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI/.well-known/jwks.json',
  },
  oidcClients: {
    test: /^[^\s,]+(,[^\s,]+)*$/,
    takes: 'a comma-separated list of client ids',
    means:
      "The ids of the clients whose tokens the stack accepts. The claims `azp` and `client_id` of a token name its client. The stack always accepts the page's own client too. Without this parameter, it accepts only that client and the one whose id is `oidcAudience`",
    example: '4tq7example2client9id,8mobile3client',
  },
  oidcClientId: {
    test: /^[\x21-\x7e]{1,128}$/,
    takes: 'a word without spaces of at most 128 characters',
    means:
      "The id of the page's client at the provider. With it the page offers sign-in ([how to set it up](sign-in.md))",
    example: '4tq7example2client9id',
  },
  oidcScope: {
    test: isScope,
    takes: 'words with spaces between them, of which one is openid; at most 256 characters',
    required: true,
    means: 'The scopes that the page asks for. Many providers give a refresh token for `offline_access` only',
    example: 'openid profile offline_access',
  },
  oidcToken: {
    test: /^(access|id)$/,
    takes: 'access or id',
    required: true,
    means:
      'Which token of the provider the page connects with: the one that has the audience and the permissions',
    example: 'id',
  },
  oidcOrigins: {
    test: areProviderOrigins,
    takes: 'a comma-separated list of at most 8 https origins; at most 1024 characters',
    means:
      "The hosts of the provider that the page calls, beside the issuer's. The page's Content Security Policy blocks the provider's other hosts",
    example: 'https://example.auth.eu-west-1.amazoncognito.com',
  },
  oidcRoomsClaim: {
    test: /^[\x21-\x7e]{1,128}$/,
    takes: 'a word without spaces',
    required: true,
    means: "The claim of the users' tokens that holds their permissions",
    example: 'custom:rooms',
  },
  oidcRoleClaim: {
    test: /^[\x21-\x7e]{1,128}$/,
    takes: 'a word without spaces',
    means:
      "The claim of the users' tokens that holds their role, which all members see beside the name. An empty value turns roles off",
    example: 'custom:role',
  },
  userRooms: {
    test: areGrants,
    takes: GRANTS,
    required: true,
    means:
      'The permissions of users whose tokens lack the claim: `r` to read, `w` to write, `m` to moderate. A grant is a room name, or a beginning of names followed by `*`, then a colon and these letters. The sign `-` in their place gives no right. The sign `@` before them makes them hold for listed members only ([the grammar](../PROTOCOL.md#permissions))',
    example: '*:rw news:r staff.*:-',
  },
  guests: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means: 'Whether guests may chat: users who give nothing but a display name',
    example: 'off',
  },
  guestRooms: {
    test: areGrants,
    takes: GRANTS,
    required: true,
    means: 'The permissions of guests, written like `userRooms`',
    example: 'lobby:rw news:r',
  },
  guestDays: {
    test: /^[1-9]\d{0,3}$/,
    takes: 'a whole number of days from 1 to 9999',
    required: true,
    means: "How many days a guest's user id lasts after the first sign-in",
    example: '7',
  },
  domainName: {
    test: /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])$/,
    takes: 'a lower-case domain name',
    means: 'A domain of your own, in addition to that of CloudFront',
    example: 'chat.example.com',
  },
  certificateArn: {
    test: /^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
    takes: 'the ARN of a certificate in us-east-1 (CloudFront reads no other Region)',
    means: "The domain's certificate",
    example: 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
  },
  webAcl: {
    test: /^(on|off)$/,
    takes: 'on or off',
    defaults: { usual: 'off', hardened: 'on' },
    means:
      'Whether a web ACL (AWS WAF) limits the requests of each IP address. In us-east-1 the stack has this web ACL itself. In another Region `npm run web-acl` makes it, and you pass its ARN as `webAclArn`',
    example: 'on',
  },
  webAclArn: {
    test: /^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/,
    takes: 'the ARN of a global web ACL (in us-east-1)',
    means:
      'An existing web ACL that protects the whole stack, in place of the one that the stack makes (`webAcl`)',
    example: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/chat/11111111-2222-3333-4444-555555555555',
  },
  accessLogs: {
    test: /^(on|off)$/,
    takes: 'on or off',
    defaults: { usual: 'off', hardened: 'on' },
    means:
      "Whether CloudFront logs each request, also for users' files, and whether the page's bucket logs its requests. Another bucket of the stack keeps the logs for 30 days",
    example: 'on',
  },
  deletionProtection: {
    test: /^(on|off)$/,
    takes: 'on or off',
    defaults: { usual: 'off', hardened: 'on' },
    means: 'Whether DynamoDB refuses to delete the tables',
    example: 'on',
  },
  historyHours: {
    test: /^(0|[1-9]\d{0,5})$/,
    takes: '0 (keep for ever) or a whole number of hours',
    defaults: { usual: '0', hardened: '2160' },
    means: 'For how many hours a room keeps its messages; 0 is for ever',
    example: '720',
  },
  logLevel: {
    test: /^(debug|info|warn|error)$/,
    takes: 'debug, info, warn or error',
    required: true,
    means:
      'The functions log lines of this level and above in full. A line below this level has only its metrics',
    example: 'debug',
  },
  watch: {
    test: /^(logs|metrics|all)$/,
    takes: 'logs, metrics or all',
    defaults: { usual: 'metrics', hardened: 'all' },
    means:
      'What the stack gives CloudWatch. With `logs`, only log lines. With `metrics`, also metrics, which CloudWatch reads from the lines. With `all`, also a dashboard and alarms ([what they cost](monitoring.md#what-it-costs))',
    example: 'all',
  },
  tracing: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means: 'Whether X-Ray traces the invocations of the functions',
    example: 'on',
  },
  requestsPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      "This stack's part of the account's API Gateway quota in this Region, in requests a second. The server's own requests, which send frames to connections, stay below it",
    example: '2500',
  },
  framesPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      'The frames a second that the WebSocket API accepts, with a burst of twice as many. Each table that the stack creates gets 4 write units and 20 read units for each of these frames. A table gets at most 40000 of either a second',
    example: '5000',
  },
  handshakesPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      'The handshakes a second that the WebSocket API accepts, with a burst of twice as many. The account also has a quota of new connections',
    example: '100',
  },
  connectionsPerUser: {
    test: /^[1-9]\d{0,2}$/,
    takes: 'a whole number from 1 to 999',
    required: true,
    means:
      'The connections that a user may have at a time. If the user has that many, a new connection replaces those that were silent for `presenceSeconds`',
    example: '10',
  },
  sendsPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means: "The messages a second that a connection may send, with a burst of four seconds' worth",
    example: '20',
  },
  userSendsPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    means: 'The messages a second that a user may send, over all connections and back ends',
    unset: 'twice `sendsPerSecond`',
    example: '10',
  },
  presenceSeconds: {
    test: (value) => /^\d{2,4}$/.test(value) && Number(value) >= 30 && Number(value) <= 1800,
    takes: 'a whole number from 30 to 1800',
    required: true,
    means:
      'How many seconds a silent connection counts as present. Clients ping at least 30 seconds before this time ends',
    example: '900',
  },
  editMinutes: {
    test: /^(0|[1-9]\d{0,5})$/,
    takes: 'a whole number from 0 to 999999',
    required: true,
    means: 'How many minutes after the send a user may edit a message. With 0 users cannot edit messages',
    example: '15',
  },
  files: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means: 'Whether users may attach files to messages. A private bucket keeps the files',
    example: 'on',
  },
  dailyFileMegabytes: {
    test: (value) => /^[1-9]\d{1,5}$/.test(value) && Number(value) >= 25,
    takes: 'a whole number from 25 to 999999',
    required: true,
    means:
      'With `files=on`, the megabytes of files that a user may upload in a day. Each file counts as 1 MB at least',
    example: '2000',
  },
  reviewFunction: {
    test: /^arn:aws:lambda:[a-z0-9-]{1,32}:\d{12}:function:[\w-]{1,64}(:[\w$-]{1,128})?$/,
    takes: 'the ARN of a Lambda function',
    means:
      'The function, in the Region of the stack, that reviews messages before anybody sees them ([how to write one](review.md))',
    example: 'arn:aws:lambda:eu-west-1:123456789012:function:edge-chat-prod-review',
  },
  events: {
    test: /^(off|bus|fifo|https)$/,
    takes: 'off, bus, fifo or https',
    required: true,
    means: 'Where the stack sends every entry of every room ([how](events.md)): a bus, an SQS queue or a URL',
    example: 'fifo',
  },
  eventsUrl: {
    test: (value) => isHttpsUrl(value) || /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/\S*)?$/.test(value),
    takes: 'an https URL, or on this machine http://localhost',
    means: 'With `events=https`, the URL that gets the events, each signed',
    example: 'https://example.com/chat-events',
  },
  eventsBus: {
    test: /^[\w./-]{1,256}$/,
    takes: 'the name of an EventBridge bus',
    required: true,
    means: 'With `events=bus`, the bus of this account and Region that gets the events',
    example: 'chat',
  },
  eventsStream: {
    test: /^arn:aws:dynamodb:[a-z0-9-]{1,32}:\d{12}:table\/[\w.-]{3,255}\/stream\/[\w:.-]{1,64}$/,
    takes: 'the ARN of a stream of a DynamoDB table',
    means:
      'With `messagesTable`, `events` and `push` need the stream of that table ([how](events.md#with-an-adopted-table))',
    example:
      'arn:aws:dynamodb:eu-west-1:123456789012:table/edge-chat-prod-Messages-1ABC/stream/2026-11-30T12:00:00.000',
  },
  push: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means: 'Whether browsers notify users who are away ([how](notifications.md))',
    example: 'on',
  },
  notifyAfter: {
    test: (value) => /^\d{1,3}$/.test(value) && Number(value) <= 900,
    takes: 'a whole number of seconds from 0 to 900',
    required: true,
    means: 'With `push=on`, how many seconds a user has to read a message before a notification comes',
    example: '60',
  },
  pushText: {
    test: /^(on|off)$/,
    takes: 'on or off',
    required: true,
    means:
      'Whether notifications have the name of the author and the beginning of the message. Without it they have ids and counts only',
    example: 'on',
  },
  pushHosts: {
    test: arePushHosts,
    takes: 'host names with spaces between them, each with *. before it or not; at most 1024 characters',
    required: true,
    means: 'The hosts of push services that the stack calls. Each browser names its own',
    example: 'fcm.googleapis.com push.example.com',
  },
  tokensPerSecond: {
    test: isRate,
    takes: 'a whole number from 1 to 1000000',
    required: true,
    means:
      'The guest tokens a second that the stack issues, with a burst of twice as many. The same rate holds for messages from back ends over HTTP',
    example: '10',
  },
  alarmEmail: {
    test: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
    takes: 'an e-mail address',
    means:
      'The address that the alarms write to. With it, the stack has the alarms even if `watch` is `metrics`',
    example: 'ops@example.com',
  },
  monthlyBudget: {
    test: /^[1-9]\d{0,6}$/,
    takes: 'a whole number of US dollars',
    means:
      'A budget for the whole account, in dollars a month. AWS writes to `alarmEmail` at 80 %, and when it forecasts 100 %',
    example: '50',
  },
  reservedConcurrency: {
    test: /^[1-9]\d{0,3}$/,
    takes: 'a whole number from 1 to 9999',
    means:
      "How many of the account's concurrent executions each function reserves. A function can then use no more. A new account has none to reserve",
    example: '50',
  },
  originSecretVersion: {
    test: /^[\w-]{32,64}$/,
    takes: "a secret's version id",
    means:
      'The version of the origin secret that CloudFront sends in place of the current one. `npm run rotate` does not need this parameter',
    example: '11111111-2222-3333-4444-555555555555',
  },
  apiLogRole: {
    test: /^(create|exists)$/,
    takes: 'create or exists',
    required: true,
    means:
      'The role by which API Gateway writes its logs, one for each account and Region. With `create`, a deployment creates the role if there is none. With `exists`, no deployment creates it',
    example: 'exists',
  },
  awsClients: {
    test: /^(own|sdk)$/,
    takes: 'own or sdk',
    required: true,
    means:
      "Which clients call AWS: the project's own, which cost less, or the AWS SDK's ([when to take which](aws-clients.md))",
    example: 'sdk',
  },
  permissionsBoundary: {
    test: /^arn:aws:iam::\d{12}:policy\/[\w+=,.@/-]{1,512}$/,
    takes: 'the ARN of a managed policy',
    means:
      'The policy that limits every role of the stack, as its permissions boundary ([which one](deploy.md#what-you-need))',
    example: 'arn:aws:iam::123456789012:policy/edge-chat-prod-boundary',
  },
  messagesTable: {
    test: /^[\w.-]{3,255}$/,
    takes: 'the name of a DynamoDB table',
    means: 'A message table of an earlier stack, for this stack to adopt',
    example: 'edge-chat-prod-Messages-1ABCDEF2GHIJK',
  },
};

module.exports = { accepted };
