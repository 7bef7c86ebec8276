import type { Charge, ChargeResult } from './tokenBucketCharge';

/** The token buckets of users for files. */
export interface UploadQuotaStore {
  /** Charges an upload to a user's bucket. */
  charge(user: string, charge: Charge): Promise<ChargeResult>;
}

/** What charging uploads works with. */
export interface UploadQuotaContext {
  uploadQuotas: UploadQuotaStore;
  dailyFileMegabytes: number;
}
