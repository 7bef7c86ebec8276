import type { Grant } from './grants';

const COMPLETES = 'The function completes changes that another invocation began.';

/** Functions that serve entries, or look for their own, and neither send nor delete files in this run. */
const COMPLETERS = ['roomActions', 'moderatorActions', 'operatorBan', 'fanOut', 'operatorExport', 'files'];

interface Reason {
  action: string;
  /** The functions that it is about, and the resource; all unless given. */
  by?: readonly string[];
  resource?: string;
  reason: string;
}

/** Rights that no run here can use, each with the reason why it is granted all the same. */
const reasons: Reason[] = [
  {
    action: 'logs:CreateLogStream',
    reason: "Lambda itself writes the function's log, with the function's role.",
  },
  {
    action: 'logs:PutLogEvents',
    reason: "Lambda itself writes the function's log, with the function's role.",
  },
  {
    action: 'sqs:SendMessage',
    by: ['fanOut'],
    reason:
      "If a fan-out fails on every try, Lambda itself puts it into this queue, with the function's role.",
  },
  ...[
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
  ].map((action) => ({
    action,
    by: ['relay', 'noticeMessages', 'notifyUsers'],
    reason: "Lambda itself reads the stream and the queue that wake the function, with the function's role.",
  })),
  {
    action: 'sqs:SendMessage',
    by: ['noticeMessages'],
    resource: '<PushFailures.Arn>',
    reason: 'Lambda itself puts what the function could not take into this queue.',
  },
  {
    action: 'sqs:SendMessage',
    by: ['notifyUsers'],
    reason: 'A notice within the minute of another notification waits for its end.',
  },
  ...['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'].map((action) => ({
    action,
    by: ['noticeMessages', 'notifyUsers'],
    reason: COMPLETES,
  })),
  {
    action: 'dynamodb:GetItem',
    by: ['noticeMessages'],
    reason: 'In a direct room the row of the author names the other user.',
  },
  {
    action: 'sqs:SendMessage',
    by: ['relay'],
    resource: '<RelayFailures.Arn>',
    reason: 'Lambda itself puts what the function could not take into this queue.',
  },
  {
    action: 'dynamodb:BatchGetItem',
    by: ['operatorBan', 'files'],
    resource: '<Messages.Arn>',
    reason: COMPLETES,
  },
  {
    action: 'dynamodb:PutItem',
    by: ['operatorErase'],
    resource: '<Messages.Arn>',
    reason: "After an erasure, the function counts a message's reactions again, without the erased user.",
  },
  {
    action: 'dynamodb:UpdateItem',
    by: ['fanOut', 'operatorExport', 'files'],
    resource: '<Messages.Arn>',
    reason: COMPLETES,
  },
  {
    action: 'dynamodb:UpdateItem',
    by: ['fanOut', 'operatorExport', 'files', 'operatorPublish'],
    resource: '<Members.Arn>',
    reason: COMPLETES,
  },
  {
    action: 's3:DeleteObject',
    by: [...COMPLETERS, 'publishHttp', 'operatorPublish'],
    resource: '<FilesBucket.Arn>/*',
    reason: COMPLETES,
  },
  {
    action: 's3:DeleteObjectTagging',
    by: [...COMPLETERS, 'operatorErase'],
    resource: '<FilesBucket.Arn>/*',
    reason: COMPLETES,
  },
  {
    action: 's3:ListBucket',
    by: COMPLETERS.filter((name) => name !== 'files'),
    reason: 'With this right S3 tells the function that a file is gone.',
  },
];

/** Why a right is granted that no run uses. */
export const reasonFor = (grant: Grant): string | undefined =>
  reasons.find(
    ({ action, by, resource }) =>
      action === grant.action &&
      (!by || by.includes(grant.by)) &&
      (resource === undefined || resource === grant.resource),
  )?.reason;
