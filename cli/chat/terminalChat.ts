import { deleteMessage, editMessage } from '../../client/editing';
import type { Chat, ChatError, MessageView, Room } from '../../client/index';
import type { PresenceSnapshot } from '../../client/presence';
import { listReactions } from '../../client/reactions';
import { request } from '../../client/requests';
import { EXIT, type ExitCode } from '../commandLine/exitCodes';
import { NO_PROGRESS } from '../files/progressLine';
import { readDraft } from '../files/readDraft';
import { type FileAccess, saveFiles, sendFiles } from '../files/roomFiles';
import { sizeOf } from '../files/sizeOf';
import { createStyle } from '../terminal/style';
import { printable } from '../terminal/terminalText';
import { describeState, reasonOf } from './connect';
import { describeFollowed } from './followedRooms';
import { createGuestMark } from './guestMark';
import { describeBans, describePeople, kickUser, unkickUser } from './moderation';
import { createOpenRooms, type OpenRoom } from './openRooms';
import { openPrompt, type Terminal } from './prompt';
import { COMMANDS, type Command, readCommand } from './promptCommands';

/** How long quitting waits for unacknowledged sends. */
const QUIT_TIMEOUT_MS = 3000;
const NO_MESSAGE = 'There is no such message here. /history shows earlier ones.';

export interface TerminalChatOptions {
  rooms: readonly string[];
  /** How many earlier messages each room shows. */
  history: number;
  files: Omit<FileAccess, 'progress'>;
}

/** Runs the chat at a terminal until the user quits. */
export async function runTerminalChat(
  chat: Chat,
  { rooms: names, history, files }: TerminalChatOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const style = createStyle(terminal.output.hasColors() && !process.env.NO_COLOR);
  const underWay = new Set<string>();
  let isLeaving = false;
  let end = (_code: ExitCode) => {};
  const ended = new Promise<ExitCode>((resolve) => {
    end = resolve;
  });

  const prompt = openPrompt(terminal, {
    line: (text) => void run(readCommand(text)).catch((error: unknown) => warn(reasonOf(error))),
    typing: () => rooms.current?.presence.sendTyping(),
    close: () => end(EXIT.ok),
  });
  const tell = (line: string) => prompt.print(style.faint(line));
  const warn = (line: string) => prompt.print(style.alarm(line));
  const mark = createGuestMark(() => chat.user);
  const rooms = createOpenRooms(chat, {
    style,
    history,
    mark,
    print: prompt.print,
    wentTo: (room) => prompt.label(room ? `${room.name}> ` : '> '),
  });

  const enter = async (name: string) => {
    const { presence } = await rooms.enter(name);
    const others = presence.snapshot.memberCount - 1;
    tell(`You are in ${name}${companyOf(others)}. /help lists the commands.`);
  };
  const send = async (room: Room, text: string, submit: () => Promise<unknown> = () => room.send(text)) => {
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
  const change = async (room: Room, command: Extract<Command, { kind: 'reply' | 'edit' | 'delete' }>) => {
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
  const react = async (
    { room, reactions }: OpenRoom,
    { of, name }: Extract<Command, { kind: 'react' }>,
  ): Promise<void> => {
    const target = find(room, of, false);
    if (!target) return warn(NO_MESSAGE);
    if (!room.snapshot.can.includes('react')) return warn('You cannot react in this room.');
    const shown = listReactions(target, reactions.snapshot.get(target.seq), chat.user?.id);
    const isMine = shown.some((reaction) => reaction.name === name && reaction.isMine);
    await (isMine ? reactions.remove : reactions.add)(target.seq, name).catch((error: ChatError) => {
      if (!isLeaving && error.code !== 'discarded') warn(`Not saved: the reaction.\n  ${reasonOf(error)}`);
    });
  };
  const access: FileAccess = { ...files, progress: NO_PROGRESS };
  const sendFile = async (room: Room, file: string) => {
    const draft = await readDraft(file);
    tell(`Sending ${printable(draft.name)}, ${sizeOf(draft.content.size)}`);
    await send(room, draft.name, () => sendFiles(room, access, '', [draft]));
  };
  const save = async (room: Room, of: number | undefined, folder: string) => {
    const target = room.snapshot.messages.findLast(({ seq, files: has, deleted }) =>
      of === undefined ? has && !deleted : seq === of,
    );
    if (!target || target.deleted) return warn(NO_MESSAGE);
    for await (const place of saveFiles(room, access, target, folder)) tell(`Saved ${printable(place)}`);
  };
  const who = ({ members, memberCount }: PresenceSnapshot) => {
    if (memberCount === 0) return tell('The members are not known yet.');
    const unlisted = memberCount - members.length;
    const names = members.map((user) => printable(user.name) + mark(user)).sort();
    const more = names.length > 0 ? `and ${unlisted} more` : `${memberCount} users, too many to list`;
    tell([...names, ...(unlisted > 0 ? [more] : [])].join('\n'));
  };

  const moderate = ({ room, presence }: OpenRoom, command: ModeratorCommand): Promise<string> => {
    switch (command.kind) {
      case 'kick':
        return kickUser(room, presence, command.user, command.minutes);
      case 'unkick':
        return unkickUser(room, command.user);
      case 'bans':
        return describeBans(room, mark);
      case 'people':
        return describePeople(room, mark);
      default:
        return command satisfies never;
    }
  };

  async function run(command: Command): Promise<void> {
    const { current } = rooms;
    switch (command.kind) {
      case 'nothing':
        break;
      case 'wrong':
        warn(command.line);
        break;
      case 'help':
        tell(COMMANDS);
        break;
      case 'quit':
        prompt.close();
        break;
      case 'rooms':
        tell(
          rooms
            .names()
            .map((name) => `${name === current?.room.name ? '*' : ' '} ${name}`)
            .join('\n') || 'None.',
        );
        tell(await describeFollowed(chat));
        break;
      case 'follow':
      case 'unfollow': {
        const { kind, room = current?.room.name } = command;
        if (room === undefined) return warn(`Which room? /${kind} ROOM`);
        await request(chat, { action: kind, room });
        tell(kind === 'follow' ? `You follow ${room} on all your devices.` : `You no longer follow ${room}.`);
        break;
      }
      case 'join':
        await enter(command.room);
        break;
      case 'leave': {
        const name = command.room ?? current?.room.name;
        if (name === undefined || !rooms.names().includes(name)) warn('You are not in that room.');
        else rooms.leave(name);
        break;
      }
      case 'say':
      case 'reply':
      case 'edit':
      case 'delete':
      case 'react':
      case 'file':
      case 'save':
      case 'kick':
      case 'unkick':
      case 'bans':
      case 'people':
      case 'who':
      case 'history':
        if (!current) warn('You are in no room. /join ROOM enters one.');
        else if (command.kind === 'say') await send(current.room, command.text);
        else if (command.kind === 'who') who(current.presence.snapshot);
        else if (command.kind === 'react') await react(current, command);
        else if (command.kind === 'file') await sendFile(current.room, command.path);
        else if (command.kind === 'save') await save(current.room, command.of, command.folder);
        else if (isModerators(command)) tell(await moderate(current, command));
        else if (command.kind !== 'history') await change(current.room, command);
        else if ((await current.log.earlier(command.count)) === 0) tell('There is nothing earlier.');
        break;
      default:
        command satisfies never;
    }
  }

  let isLost = false;
  const stop = chat.on('state', (state) => {
    if (state.kind === 'disconnected' && state.reason === 'unauthorized') {
      warn(state.error.message);
      return end(EXIT.refused);
    }
    const line = describeState(state);
    if (line === undefined || (state.kind === 'connected') !== isLost) return;
    isLost = !isLost;
    tell(line);
  });

  // The first room comes last, because the user writes in the room that was entered last.
  for (const name of [...names].reverse()) void enter(name).catch((error: unknown) => warn(reasonOf(error)));

  const code = await ended;
  stop();
  rooms.close();
  await waitForSends(underWay);
  isLeaving = true;
  for (const text of underWay) warn(`Not known to be sent: ${text}`);
  return code === EXIT.ok && underWay.size > 0 ? EXIT.failed : code;
}

type ModeratorCommand = Extract<Command, { kind: 'kick' | 'unkick' | 'bans' | 'people' }>;

function isModerators(command: Command): command is ModeratorCommand {
  return ['kick', 'unkick', 'bans', 'people'].includes(command.kind);
}

/** Describes the number of others in a room, or nothing where it is not known. */
function companyOf(others: number): string {
  if (others < 0) return '';
  if (others === 0) return ' alone';
  return ` with ${others} ${others === 1 ? 'other' : 'others'}`;
}

/** Waits until every send is decided, or the time is up. */
async function waitForSends(underWay: ReadonlySet<string>): Promise<void> {
  const end = performance.now() + QUIT_TIMEOUT_MS;
  while (underWay.size > 0 && performance.now() < end) await new Promise((next) => setTimeout(next, 20));
}
