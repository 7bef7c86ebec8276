import type { Grant } from './grants';

/** Rights that no run here can use, each with the reason why it is granted all the same. */
const reasons: [action: string, reason: string][] = [
  ['logs:CreateLogStream', "Lambda itself writes the function's log, with the function's role."],
  ['logs:PutLogEvents', "Lambda itself writes the function's log, with the function's role."],
  ['sqs:SendMessage', "Lambda itself keeps a fan-out that failed on every try, with the function's role."],
];

/** Why a right is granted that no run uses. */
export const reasonFor = ({ action }: Grant): string | undefined =>
  reasons.find(([explained]) => explained === action)?.[1];
