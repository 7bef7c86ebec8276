import { deleteMessage, editMessage } from '../../client/editing';
import type { Chat, ChatError, MessageView, Room } from '../../client/index';
import { listReactions } from '../../client/reactions';
import { report } from '../../client/reports';
import { NO_PROGRESS } from '../files/progressLine';
import { readDraft } from '../files/readDraft';
import { type FileAccess, saveFiles, sendFiles } from '../files/roomFiles';
import { sizeOf } from '../files/sizeOf';
import { printable } from '../terminal/terminalText';
import { reasonOf } from './connect';
import type { OpenRoom } from './openRooms';
import type { Command } from './promptCommands';

/** How long quitting waits for unacknowledged sends. */
const QUIT_TIMEOUT_MS = 3000;
const NO_MESSAGE = 'There is no such message here. /history shows earlier ones.';

/** The commands that send, change, answer or save messages of a room. */
export interface MessageCommands {
  /** Sends a text, or what `submit` sends; tells why it was not sent. */
  send(room: Room, text: string, submit?: () => Promise<unknown>): Promise<void>;
  change(room: Room, command: Extract<Command, { kind: 'reply' | 'edit' | 'delete' }>): Promise<void>;
  react(room: OpenRoom, command: Extract<Command, { kind: 'react' }>): Promise<void>;
  report(room: Room, command: Extract<Command, { kind: 'report' }>): Promise<void>;
  sendFile(room: Room, file: string): Promise<void>;
  save(room: Room, of: number | undefined, folder: string): Promise<void>;
  /** Waits for the sends that are not decided, and gives the texts of those that still are not in the end. */
  finish(): Promise<string[]>;
}

/** What the commands print with, and how they reach files. */
export interface MessageCommandsOptions {
  tell(line: string): void;
  warn(line: string): void;
  files: Omit<FileAccess, 'progress'>;
}

/** Creates the commands of a chat. */
export function createMessageCommands(
  chat: Chat,
  { tell, warn, files }: MessageCommandsOptions,
): MessageCommands {
  const underWay = new Set<string>();
  let isLeaving = false;

  const send: MessageCommands['send'] = async (room, text, submit = () => room.send(text)) => {
    if (chat.state.kind !== 'connected') tell(`Kept until there is a connection: ${text}`);
    underWay.add(text);
    try {
      await submit();
    } catch (error) {
      if (!isLeaving) warn(`Not sent: ${text}\n  ${reasonOf(error)}`);
    } finally {
      underWay.delete(text);
    }
  };
  /** The message that a command names, or the last one of this user or of another. */
  const find = ({ snapshot }: Room, of: number | undefined, isOwn: boolean): MessageView | undefined =>
    snapshot.messages.findLast(({ seq, from, deleted }) =>
      of === undefined ? !deleted && (from.id === chat.user?.id) === isOwn : seq === of,
    );
  const change: MessageCommands['change'] = async (room, command) => {
    const isAnswer = command.kind === 'reply';
    const target = find(room, command.of, !isAnswer);
    // A change of a send that is not acknowledged follows it.
    const pending = command.of === undefined && !isAnswer ? room.snapshot.pending.at(-1)?.id : undefined;
    const of = pending ?? target?.seq;
    if (of === undefined) return warn(NO_MESSAGE);
    if (command.kind === 'delete') return send(room, 'the deletion', () => deleteMessage(room, of));
    const { text } = command;
    if (command.kind === 'edit')
      return send(room, text, () =>
        editMessage(room, of, { text, data: pending ? undefined : target?.data }),
      );
    return send(room, text, () => room.send({ text, replyTo: Number(of) }));
  };
  const react: MessageCommands['react'] = async ({ room, reactions }, { of, name }) => {
    const target = find(room, of, false);
    if (!target) return warn(NO_MESSAGE);
    if (!room.snapshot.can.includes('react')) return warn('You cannot react in this room.');
    const shown = listReactions(target, reactions.snapshot.get(target.seq), chat.user?.id);
    const isMine = shown.some((reaction) => reaction.name === name && reaction.isMine);
    await (isMine ? reactions.remove : reactions.add)(target.seq, name).catch((error: ChatError) => {
      if (!isLeaving && error.code !== 'discarded') warn(`Not saved: the reaction.\n  ${reasonOf(error)}`);
    });
  };
  const reportMessage: MessageCommands['report'] = async (room, { of, reason }) => {
    const target = find(room, of, false);
    if (!target) return warn(NO_MESSAGE);
    await report(room, target.seq, reason);
    tell(`The moderators will see your report of #${target.seq}.`);
  };
  const access: FileAccess = { ...files, progress: NO_PROGRESS };
  const sendFile: MessageCommands['sendFile'] = async (room, file) => {
    const draft = await readDraft(file);
    tell(`Sending ${printable(draft.name)}, ${sizeOf(draft.content.size)}`);
    await send(room, draft.name, () => sendFiles(room, access, '', [draft]));
  };
  const save: MessageCommands['save'] = async (room, of, folder) => {
    const target = room.snapshot.messages.findLast(({ seq, files: has, deleted }) =>
      of === undefined ? has && !deleted : seq === of,
    );
    if (!target || target.deleted) return warn(NO_MESSAGE);
    for await (const place of saveFiles(room, access, target, folder)) tell(`Saved ${printable(place)}`);
  };

  return {
    send,
    change,
    react,
    report: reportMessage,
    sendFile,
    save,
    async finish() {
      await waitForSends(underWay);
      isLeaving = true;
      return [...underWay];
    },
  };
}

/** Waits until every send is decided, or the time is up. */
async function waitForSends(underWay: ReadonlySet<string>): Promise<void> {
  const end = performance.now() + QUIT_TIMEOUT_MS;
  while (underWay.size > 0 && performance.now() < end) await new Promise((next) => setTimeout(next, 20));
}
