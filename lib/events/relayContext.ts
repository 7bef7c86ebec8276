import type { Reader } from '../log/readPage';
import type { Random } from '../ports/clock';
import type { ErasureNoteStore } from '../ports/erasureNoteStore';
import type { EventCursorStore } from '../ports/eventCursorStore';
import type { EventSink } from '../ports/eventSink';
import type { Settings } from '../ports/settings';
import type { WakeQueue } from '../ports/wakeQueue';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';

/** What the relay works with. */
export interface RelayContext extends Omit<Reader, 'dress'> {
  cursors: EventCursorStore;
  erasureNotes: ErasureNoteStore;
  sink: EventSink;
  wakes: WakeQueue;
  random: Random;
  metrics: Pick<InvocationMetrics, 'increment' | 'annotate'>;
  settings: Pick<Settings, 'logId'>;
}
