/** A mistake that no test finds, with the reason why that is right. */
export interface Survivor {
  file: string;
  /** The text of the line in which the change begins. */
  text: string;
  change: string;
  reason: string;
}

export const ACCEPTED: readonly Survivor[] = [];
