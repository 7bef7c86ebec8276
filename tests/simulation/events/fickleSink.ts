import { type EventSink, type LogEvent, SINK_TIMEOUT_MS } from '../../../lib/ports/eventSink';
import type { VirtualClock } from '../clock';
import type { Dice } from '../faults';
import { between, pick, type Random } from '../random';

/** A sink with every fault. */
export interface FickleSink {
  /** The sink as one invocation has it; `readAt` tells when it began to read what it now sends of a room. */
  from(readAt: (room: string) => number): EventSink;
  /** Ends the faults, but not the poison. */
  heal(): void;
  /** From now on it takes the events of the poisoned room, too. */
  cure(): void;
}

/** Makes a sink that fails before and after it has an event, hangs, and refuses one room. */
export function createFickleSink(
  { clock, random, dice }: { clock: VirtualClock; random: Random; dice: Dice },
  { faultRate, poisoned }: { faultRate: number; poisoned: string | undefined },
  onEvent: (event: LogEvent, readAt: number) => void,
): FickleSink {
  let rate = faultRate;
  let refused = poisoned;
  return {
    heal() {
      rate = 0;
    },
    cure() {
      refused = undefined;
    },
    from: (readAt) => ({
      async send(event) {
        const began = readAt(event.room);
        const fault = random() < rate ? pick(random, ['refuses', 'loses its answer', 'hangs']) : undefined;
        if (fault) dice.count(`sink ${fault}`);
        await clock.wait(fault === 'hangs' ? SINK_TIMEOUT_MS : between(random, 5, 200));
        if (event.room === refused) throw new Error('Poisoned.');
        if (fault === 'refuses' || (fault === 'hangs' && random() < 0.5)) throw new Error(fault);
        onEvent(event, began);
        if (fault) throw new Error(fault);
      },
    }),
  };
}
