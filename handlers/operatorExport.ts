import { createArchive } from '../lib/app/contexts';
import { type ExportPage, exportPage } from '../lib/operator/exportCommand';
import { readExportOrder } from '../lib/operator/parseCommand';
import { watched } from '../lib/telemetry/withTelemetry';

const archive = createArchive();

/** Gives whoever may invoke this function a page of a room's history: `{"room", "after"?}`. */
export const handler = watched('operatorExport', async (event: unknown, tally): Promise<ExportPage> => {
  const { room, after } = readExportOrder(event);
  tally.note({ room });
  return exportPage(archive, room, after);
});
