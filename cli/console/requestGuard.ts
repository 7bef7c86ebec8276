import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is not answered: a status and a sentence. */
export interface Refusal {
  status: number;
  sentence: string;
}

/** What the guard reads of a request. */
export interface GuardedRequest {
  method?: string | undefined;
  headers: IncomingHttpHeaders;
}

/**
 * Refuses a request for another host: a page of a foreign name that now leads to this machine sends its own name (DNS
 * rebinding). Every request passes here.
 */
export function refuseForeignHost({ headers }: GuardedRequest, host: string): Refusal | undefined {
  if (headers.host === host) return undefined;
  return { status: 403, sentence: `The console answers at http://${host} only.` };
}

/** Refuses an order that does not come from the console's own page with the token of this run. */
export function refuseOrder(
  { method, headers }: GuardedRequest,
  host: string,
  token: string,
): Refusal | undefined {
  if (method !== 'POST') return { status: 405, sentence: 'An order is a POST.' };
  if (headers.origin !== `http://${host}`)
    return { status: 403, sentence: "Send orders from the console's own page only." };
  if (!isSame(headers.authorization ?? '', `Bearer ${token}`))
    return { status: 401, sentence: 'Open the address that the command has printed: it carries the token.' };
  if (headers['content-type'] !== 'application/json')
    return { status: 415, sentence: 'An order is application/json.' };
  return undefined;
}

/** Compares in a time that does not depend on how much of the text is right. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
