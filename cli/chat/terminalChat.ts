import type { Chat, Room } from '../../client/index';
import { setRoom } from '../../client/moderation';
import type { PresenceSnapshot } from '../../client/presence';
import { decide, resolveReports } from '../../client/reports';
import { request } from '../../client/requests';
import { EXIT, type ExitCode } from '../commandLine/exitCodes';
import type { FileAccess } from '../files/roomFiles';
import { createStyle } from '../terminal/style';
import { printableName } from '../terminal/terminalText';
import { describeState, reasonOf } from './connect';
import { directRoomWith } from './directRoom';
import { describeFollowed } from './followedRooms';
import { createMessageCommands } from './messageCommands';
import { describeBans, describePeople, restrictUser, unkickUser, unmuteUser } from './moderation';
import { createOpenRooms, type OpenRoom } from './openRooms';
import { openPrompt, type Terminal } from './prompt';
import { COMMANDS, type Command, readCommand } from './promptCommands';
import { readQueue } from './reports';
import { createUserMark } from './userMark';

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
  const mark = createUserMark(() => chat.user);
  const rooms = createOpenRooms(chat, {
    style,
    history,
    mark,
    print: prompt.print,
    wentTo: (room) => prompt.label(room ? `${room.name}> ` : '> '),
  });
  const messages = createMessageCommands(chat, { tell, warn, files });

  const enter = async (name: string) => {
    const { presence } = await rooms.enter(name);
    const others = presence.snapshot.memberCount - 1;
    tell(`You are in ${name}${companyOf(others)}. /help lists the commands.`);
  };
  const who = ({ members, memberCount }: PresenceSnapshot) => {
    if (memberCount === 0) return tell('The members are not known yet.');
    const unlisted = memberCount - members.length;
    const names = members.map((user) => printableName(user.name) + mark(user)).sort();
    const more = names.length > 0 ? `and ${unlisted} more` : `${memberCount} users, too many to list`;
    tell([...names, ...(unlisted > 0 ? [more] : [])].join('\n'));
  };

  /** The keys of held messages by room, as the last queue numbered them. */
  const heldIn = new Map<string, readonly string[]>();
  const decideHeld = async (room: Room, command: Extract<Command, { kind: 'decide' }>): Promise<string> => {
    const { verdict, number, reason } = command;
    const held = heldIn.get(room.name)?.[number - 1];
    if (held === undefined) return `There is no held message ${number}. /queue numbers them.`;
    await decide(room, held, verdict, reason);
    return verdict === 'allow'
      ? `The held message ${number} is shown.`
      : `The held message ${number} is denied.`;
  };

  const moderate = ({ room, presence }: OpenRoom, command: ModeratorCommand): Promise<string> => {
    switch (command.kind) {
      case 'kick':
      case 'mute':
        return restrictUser(command, room, presence);
      case 'unkick':
        return unkickUser(room, command.user);
      case 'unmute':
        return unmuteUser(room, presence, command.user);
      case 'set':
        return setRoom(room, command.settings).then(() => 'The settings of the room are changed.');
      case 'bans':
        return describeBans(room, mark);
      case 'queue':
        return readQueue(room, mark).then(({ text, held }) => {
          heldIn.set(room.name, held);
          return text;
        });
      case 'decide':
        return decideHeld(room, command);
      case 'resolve':
        return resolveReports(room, command.of).then(() => `The reports of #${command.of} are resolved.`);
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
      case 'dm':
      case 'report':
      case 'kick':
      case 'unkick':
      case 'mute':
      case 'unmute':
      case 'set':
      case 'bans':
      case 'queue':
      case 'resolve':
      case 'decide':
      case 'people':
      case 'who':
      case 'history':
        if (!current) warn('You are in no room. /join ROOM enters one.');
        else if (command.kind === 'say') await messages.send(current.room, command.text);
        else if (command.kind === 'who') who(current.presence.snapshot);
        else if (command.kind === 'dm') await enter(await directRoomWith(chat, current, command.user));
        else if (command.kind === 'react') await messages.react(current, command);
        else if (command.kind === 'file') await messages.sendFile(current.room, command.path);
        else if (command.kind === 'save') await messages.save(current.room, command.of, command.folder);
        else if (command.kind === 'report') await messages.report(current.room, command);
        else if (isModerators(command)) tell(await moderate(current, command));
        else if (command.kind !== 'history') await messages.change(current.room, command);
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
  const undecided = await messages.finish();
  for (const text of undecided) warn(`Not known to be sent: ${text}`);
  return code === EXIT.ok && undecided.length > 0 ? EXIT.failed : code;
}

const MODERATORS = [
  'kick',
  'unkick',
  'mute',
  'unmute',
  'set',
  'bans',
  'queue',
  'resolve',
  'decide',
  'people',
] as const;

type ModeratorCommand = Extract<Command, { kind: (typeof MODERATORS)[number] }>;

function isModerators(command: Command): command is ModeratorCommand {
  return (MODERATORS as readonly string[]).includes(command.kind);
}

/** Describes the number of others in a room, or nothing where it is not known. */
function companyOf(others: number): string {
  if (others < 0) return '';
  if (others === 0) return ' alone';
  return ` with ${others} ${others === 1 ? 'other' : 'others'}`;
}
