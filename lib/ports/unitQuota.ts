/** What users have consumed of the database. A user that consumed too much is in debt, and is refused for a while. */
export interface UnitQuota {
  /** Gives for how long this container knows a user to be in debt, in milliseconds. It costs no call. */
  debtMs(user: string): number;
  /** Charges a user for what this container has consumed since the last payment. Without a user nobody pays. */
  pay(user: string | undefined): Promise<void>;
}
