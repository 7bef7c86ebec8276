import { type Answer, header } from './request';

/** Half a year: audits complain below it. */
const MIN_HSTS_S = 15_552_000;

/** Names the security headers that every answer needs and this one lacks. */
export function missingSecurityHeaders(answer: Pick<Answer, 'headers'>): string[] {
  const age = /max-age=(\d+)/.exec(header(answer, 'strict-transport-security'))?.[1] ?? 0;
  return [
    ...(Number(age) >= MIN_HSTS_S ? [] : ['no Strict-Transport-Security of half a year or more']),
    ...(header(answer, 'x-content-type-options') === 'nosniff' ? [] : ['no X-Content-Type-Options: nosniff']),
  ];
}
