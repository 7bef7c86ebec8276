import type { Clock } from '../ports/clock';
import type { ListedMemberContext, RoomRulesContext, SendQuotaContext, UserContext } from '../ports/contexts';
import type { FileSigner } from '../ports/fileStore';
import type { LogStore } from '../ports/logStore';
import type { SendQuotaStore } from '../ports/sendQuotaStore';
import type { Settings } from '../ports/settings';
import type { UnitQuota } from '../ports/unitQuota';
import type { UploadQuotaContext } from '../ports/uploadQuotaStore';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';

/** What serving files works with. */
export interface FilesContext
  extends UserContext,
    SendQuotaContext,
    UploadQuotaContext,
    ListedMemberContext,
    Pick<RoomRulesContext, 'roomSettings' | 'rulesCache'> {
  /** Only where the deployment takes files. */
  files?: FileSigner;
  log: LogStore;
  clock: Clock;
  settings: Pick<Settings, 'userSendsPerSecond'>;
  sendQuotas: SendQuotaStore;
  unitQuota: UnitQuota;
  metrics: InvocationMetrics;
}
