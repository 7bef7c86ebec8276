import { createOperatorContext } from '../lib/app/operatorContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { type ExportPage, readExportPage } from '../lib/operator/exportCommand';
import { parseExportCommand } from '../lib/operator/parseCommand';

const context = createOperatorContext();

/** Returns a page of a room's history to an operator: `{"room", "after"?}`. */
export const handler = withTelemetry(
  'operatorExport',
  async (event: unknown, metrics): Promise<ExportPage> => {
    const { room, after } = parseExportCommand(event);
    metrics.annotate({ room });
    return readExportPage(context, room, after);
  },
);
