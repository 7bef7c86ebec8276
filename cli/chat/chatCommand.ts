import type { Chat, Room } from '../../client/index';
import type { PresenceSnapshot } from '../../client/presence';
import { EXIT, type ExitCode, reasonOf } from '../exit';
import { printable } from '../printable';
import { describe } from './connect';
import { createOpenRooms } from './openRooms';
import type { Options } from './options';
import { openPrompt, type Terminal } from './prompt';
import { COMMANDS, type Command, readCommand } from './promptCommands';
import { createStyle } from './style';

/** How long leaving waits for what is still being sent. */
const LAST_WAIT_MS = 3000;

/** Talks with a person at a terminal until they leave. */
export async function talk(
  chat: Chat,
  { rooms: names, history }: Pick<Options, 'rooms' | 'history'>,
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
    close: () => end(EXIT.fine),
  });
  const tell = (line: string) => prompt.print(style.faint(line));
  const warn = (line: string) => prompt.print(style.alarm(line));
  const rooms = createOpenRooms(chat, {
    style,
    history,
    print: prompt.print,
    wentTo: (room) => prompt.label(room ? `${room.name}> ` : '> '),
  });

  const enter = async (name: string) => {
    const { presence } = await rooms.enter(name);
    const others = presence.snapshot.memberCount - 1;
    tell(
      `You are in ${name} ${others === 0 ? 'alone' : `with ${others} more`}. /help lists what can be done.`,
    );
  };
  const say = async (room: Room, text: string) => {
    if (chat.state.kind !== 'connected') tell(`Kept until there is a connection: ${printable(text)}`);
    underWay.add(text);
    try {
      await room.send(text);
    } catch (error) {
      if (!isLeaving) warn(`Not sent: ${printable(text)}\n  ${reasonOf(error)}`);
    } finally {
      underWay.delete(text);
    }
  };
  const who = ({ members, memberCount }: PresenceSnapshot) => {
    const unlisted = memberCount - members.length;
    const names = members.map(({ name }) => printable(name)).sort();
    const more = names.length > 0 ? `and ${unlisted} more` : `${memberCount} people, too many to name`;
    tell([...names, ...(unlisted > 0 ? [more] : [])].join('\n'));
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
        break;
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
      case 'who':
      case 'history':
        if (!current) warn('You are in no room. /join ROOM enters one.');
        else if (command.kind === 'say') await say(current.room, command.text);
        else if (command.kind === 'who') who(current.presence.snapshot);
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
    const line = describe(state);
    if (line === undefined || (state.kind === 'connected') !== isLost) return;
    isLost = !isLost;
    tell(line);
  });

  // The first room last: it is the one to write in.
  for (const name of [...names].reverse()) void enter(name).catch((error: unknown) => warn(reasonOf(error)));

  const code = await ended;
  stop();
  rooms.close();
  await drained(underWay);
  isLeaving = true;
  for (const text of underWay) warn(`Not known to be sent: ${printable(text)}`);
  return code === EXIT.fine && underWay.size > 0 ? EXIT.unsent : code;
}

/** Waits a moment for what is still being sent. */
async function drained(underWay: ReadonlySet<string>): Promise<void> {
  const end = Date.now() + LAST_WAIT_MS;
  while (underWay.size > 0 && Date.now() < end) await new Promise((next) => setTimeout(next, 20));
}
