import type { DeliveryResult } from '../../ports/poster';

/** Tells what a post came to from the HTTP status of a complete answer; without one nobody knows. */
export function toDeliveryResult(status: number | undefined): DeliveryResult {
  if (status === undefined || status >= 500) return 'retry';
  if (status === 429) return 'throttled';
  if (status === 410) return 'gone';
  return status < 300 ? 'delivered' : 'failed';
}
