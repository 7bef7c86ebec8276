import { loadOlder } from '../../client/history';
import type { Chat, Room } from '../../client/index';
import type { MessageEntry } from '../../lib/protocol';
import { EXIT, type ExitCode } from '../commandLine/exitCodes';
import { jsonLine } from '../terminal/terminalText';
import { describeState } from './connect';

export interface TailOutput {
  /** Takes one line of JSON. */
  print(line: string): void;
  /** Takes what is not part of the output. */
  complain(line: string): void;
  /** Resolves when the user interrupts the program or its output is closed. */
  ended: Promise<void>;
}

/** Prints what happens in joined rooms, one JSON object a line, until it is ended. */
export async function tailRooms(
  chat: Chat,
  rooms: readonly Room[],
  history: number,
  { print, complain, ended }: TailOutput,
): Promise<ExitCode> {
  const tell = (value: object) => print(jsonLine(value));
  for (const room of rooms) await follow(room, history, tell);

  const refused = new Promise<ExitCode>((resolve) => {
    chat.on('state', (state) => {
      if (state.kind === 'disconnected' && state.reason === 'unauthorized') {
        complain(state.error.message);
        return resolve(EXIT.refused);
      }
      const line = describeState(state);
      if (line !== undefined) complain(line);
    });
  });
  return Promise.race([ended.then(() => EXIT.ok), refused]);
}

/** Prints the newest messages of a room, then each that comes, and where some are missing. */
async function follow(room: Room, history: number, tell: (value: object) => void): Promise<void> {
  const { name } = room;
  const message = (entry: MessageEntry) => tell({ room: name, ...entry });
  while (room.snapshot.messages.length < history && room.snapshot.hasOlder) await loadOlder(room);
  const { messages } = room.snapshot;
  messages.slice(Math.max(0, messages.length - history)).forEach(message);
  room.on('message', message);
  room.on('entry', (entry) => {
    if (entry.type === 'edited' || entry.type === 'deleted') tell({ room: name, ...entry });
  });
  room.on('gap', (gap) => tell({ room: name, type: 'gap', ...gap }));
  room.on('reset', () => tell({ room: name, type: 'reset' }));
}
