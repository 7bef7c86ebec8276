import type { DeliveryResult } from '../../ports/poster';

/** Derives the result of a post from the HTTP status of a complete response. Without one the result is unknown. */
export function toDeliveryResult(status: number | undefined): DeliveryResult {
  if (status === undefined || status >= 500) return 'retry';
  if (status === 429) return 'throttled';
  if (status === 410) return 'gone';
  return status < 300 ? 'delivered' : 'failed';
}
