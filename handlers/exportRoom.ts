import { createArchive } from '../lib/app';
import { type ExportPage, exportPage } from '../lib/exportPage';
import { readExportOrder } from '../lib/operatorEvents';
import { watched } from '../lib/watched';

const archive = createArchive();

/** Gives whoever may invoke this function a page of a room's history: `{"room", "after"?}`. */
export const handler = watched('exportRoom', async (event: unknown, tally): Promise<ExportPage> => {
  const { room, after } = readExportOrder(event);
  tally.note({ room });
  return exportPage(archive, room, after);
});
