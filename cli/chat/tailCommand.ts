import type { Chat, Room } from '../../client/index';
import type { MessageEntry } from '../../lib/protocol';
import { EXIT, type ExitCode } from '../exit';
import { UNSAFE } from '../printable';
import { describe } from './connect';
import type { Options } from './options';

export interface TailOutput {
  /** Takes one line of JSON. */
  print(line: string): void;
  /** Takes what is not part of the output. */
  complain(line: string): void;
  /** Nobody reads any more, or the person has ended it. */
  ended: Promise<void>;
}

/** Prints what happens in rooms that are joined, one JSON object a line, until it is ended. */
export async function tail(
  chat: Chat,
  rooms: readonly Room[],
  { history }: Pick<Options, 'history'>,
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
      const line = describe(state);
      if (line !== undefined) complain(line);
    });
  });
  return Promise.race([ended.then(() => EXIT.fine), refused]);
}

/** Prints the newest messages of a room, then each that comes, and where some are missing. */
async function follow(room: Room, history: number, tell: (value: object) => void): Promise<void> {
  const { name } = room;
  const message = (entry: MessageEntry) => tell({ room: name, ...entry });
  while (room.snapshot.messages.length < history && room.snapshot.hasOlder) await room.loadOlder();
  const { messages } = room.snapshot;
  messages.slice(Math.max(0, messages.length - history)).forEach(message);
  room.on('message', message);
  room.on('gap', (gap) => tell({ room: name, type: 'gap', ...gap }));
  room.on('reset', () => tell({ room: name, type: 'reset' }));
}

/** One line whatever the texts in it, which cannot command a terminal either: JSON has a spelling for that. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
