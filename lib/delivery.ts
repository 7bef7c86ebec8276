import type { Delivery } from './ports';

/**
 * Tells what a post came to from its HTTP status; without one nobody knows. The status counts whatever became of
 * the answer's body: API Gateway has acted by then.
 */
export function deliveryOf(status: number | undefined): Delivery {
  if (status === undefined || status === 429 || status >= 500) return 'retry';
  if (status === 410) return 'gone';
  return status < 300 ? 'delivered' : 'failed';
}
