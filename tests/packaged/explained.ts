import type { Grant } from './grants';

const COMPLETES =
  'The function completes an edit or a deletion that another invocation began and did not finish.';

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
    reason: "Lambda itself keeps a fan-out that failed on every try, with the function's role.",
  },
  {
    action: 'dynamodb:BatchGetItem',
    by: ['moderatorActions', 'operatorBan', 'fanOut', 'operatorErase'],
    resource: '<Messages.Arn>',
    reason: COMPLETES,
  },
  {
    action: 'dynamodb:UpdateItem',
    by: ['roomActions', 'fanOut', 'operatorExport'],
    resource: '<Messages.Arn>',
    reason: COMPLETES,
  },
  {
    action: 'dynamodb:GetItem',
    by: ['fanOut'],
    resource: '<Connections.Arn>',
    reason: "The function reads a user's bucket of announcements if another invocation has just changed it.",
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
