import {
  LIMITS,
  MAX_BAN_MS,
  MAX_SLOW_SECONDS,
  parseRoom,
  problemWithText,
  REASON_CHARACTERS,
  ROOM_RULE,
  type RoomSettings,
} from '../../lib/protocol';

const DEFAULT_KICK_MINUTES = 10;
const MAX_KICK_MINUTES = MAX_BAN_MS / 60_000;
const REASON_RULE = `A reason has ${REASON_CHARACTERS} characters at most.`;

/** What a line typed at the prompt asks for. */
export type Command =
  | { kind: 'say'; text: string }
  /** Answers a message, by default the last one of another user. */
  | { kind: 'reply'; of: number | undefined; text: string }
  /** Edits a message, by default the last own one. */
  | { kind: 'edit'; of: number | undefined; text: string }
  | { kind: 'delete'; of: number | undefined }
  /** Sends a file of this computer. */
  | { kind: 'file'; path: string }
  /** Saves the files of a message, by default of the last one that has some. */
  | { kind: 'save'; of: number | undefined; folder: string }
  /** Reacts to a message, by default the last one of another user, or takes the reaction back. */
  | { kind: 'react'; of: number | undefined; name: string }
  /** Reports a message to the moderators, by default the last one of another user. */
  | { kind: 'report'; of: number | undefined; reason: string | undefined }
  /** The user is a name or an id. */
  | { kind: 'kick'; user: string; minutes: number }
  /** Opens the direct room with a user. */
  | { kind: 'dm'; user: string }
  | { kind: 'unkick'; user: string }
  | { kind: 'mute'; user: string; minutes: number }
  | { kind: 'unmute'; user: string }
  | { kind: 'set'; settings: RoomSettings }
  | { kind: 'bans' }
  | { kind: 'queue' }
  | { kind: 'resolve'; of: number }
  /** Decides about a held message by its number in the last queue. */
  | { kind: 'decide'; verdict: 'allow' | 'deny'; number: number; reason: string | undefined }
  | { kind: 'people' }
  | { kind: 'rooms' }
  | { kind: 'join'; room: string }
  | { kind: 'leave'; room: string | undefined }
  /** Puts a room on the list of the user's devices or takes it off, by default the one that is written to. */
  | { kind: 'follow' | 'unfollow'; room: string | undefined }
  | { kind: 'who' }
  | { kind: 'history'; count: number }
  | { kind: 'help' }
  | { kind: 'quit' }
  | { kind: 'nothing' }
  | { kind: 'wrong'; line: string };

export const COMMANDS = `/join ROOM        enter a room, or go to one you are in
/leave [ROOM]     leave it
/rooms            the rooms you are in, and those you follow
/follow [ROOM]    keep a room on the list of all your devices
/unfollow [ROOM]  take it off that list
/dm NAME|ID       a room for you and one user alone
/who              who is here
/history [N]      N earlier messages (20)
/reply [#N] TEXT  answer message N, or the last one of another user
/edit [#N] TEXT   change the text of message N, or of your last one
/react [#N] NAME  react to message N, or the last one of another user; the same again takes it back
/delete [#N]      delete message N, or your last one
/file PATH        send a file
/save [#N] [FOLDER]  save the files of message N, or of the last one with files
/report [#N] [REASON]  report message N, or the last one of another user, to the moderators
/kick NAME|ID [N]  moderators: remove a user for N minutes (10)
/unkick NAME|ID   moderators: let a user back in
/mute NAME|ID [N]  moderators: let a user read only, for N minutes (10)
/unmute NAME|ID   moderators: let a user write again
/title [TEXT]     moderators: give the room a title, or none
/slow SECONDS     moderators: each user may send a message every SECONDS; 0 ends it
/readonly on|off  moderators: let only moderators write
/bans             moderators: which users are kept out or muted, and until when
/queue            moderators: which messages wait for you, and which users reported, and why
/allow N          moderators: show the held message N of /queue
/deny N [REASON]  moderators: refuse the held message N of /queue
/resolve #N       moderators: end the reports of message N
/people           moderators: who is here, with ids and devices
/quit             leave; Ctrl-C and Ctrl-D do the same
//TEXT            send a text that begins with a slash`;

/** Reads a line typed at the prompt. */
export function readCommand(line: string): Command {
  if (line.trim() === '') return { kind: 'nothing' };
  if (!line.startsWith('/') || line.startsWith('//')) return say(line.replace(/^\/\//, '/'));

  const change = /^\/(reply|edit|delete|react|save|report|resolve)(?:\s+#(\d{1,15}))?(?:\s(.*))?$/s.exec(
    line.trim(),
  );
  if (change) return changeOf(change);
  const decision = /^\/(allow|deny)(?:\s+(\d{1,3}))?(?:\s(.*))?$/s.exec(line.trim());
  if (decision) return decisionOf(decision);
  const file = /^\/file(?:\s+(.+))?$/s.exec(line.trim());
  if (file) return file[1] ? { kind: 'file', path: file[1] } : wrong('Which file? /file PATH');
  const direct = /^\/dm(?:\s+(.+))?$/s.exec(line.trim());
  if (direct) return direct[1] ? { kind: 'dm', user: direct[1] } : wrong('With which user? /dm NAME');
  const removal = /^\/(kick|unkick|mute|unmute)(?:\s+(.*))?$/s.exec(line.trim());
  if (removal) return removalOf(removal);
  const setting = /^\/(title|slow|readonly)(?:\s+(.*))?$/s.exec(line.trim());
  if (setting) return settingOf(setting);
  const [name = '', ...rest] = line.trim().slice(1).split(/\s+/);
  const [argument] = rest;
  if (rest.length > 1) return wrong(`/${name} takes one word at most.`);
  switch (name) {
    case 'join':
      if (argument === undefined) return wrong('Which room? /join ROOM');
      return parseRoom(argument) === undefined ? wrong(ROOM_RULE) : { kind: 'join', room: argument };
    case 'leave':
      return { kind: 'leave', room: argument };
    case 'follow':
    case 'unfollow':
      if (argument !== undefined && parseRoom(argument) === undefined) return wrong(ROOM_RULE);
      return { kind: name, room: argument };
    case 'history': {
      const count = argument === undefined ? 20 : Number(argument);
      return Number.isInteger(count) && count > 0 && count <= 1000
        ? { kind: 'history', count }
        : wrong('How many? /history takes a number from 1 to 1000.');
    }
    case 'rooms':
    case 'who':
    case 'bans':
    case 'queue':
    case 'people':
    case 'help':
    case 'quit':
      return argument === undefined ? { kind: name } : wrong(`/${name} takes nothing behind it.`);
    default:
      return wrong(
        `There is no /${name.slice(0, 32)}. /help lists what there is; //TEXT sends a text with a slash.`,
      );
  }
}

/** Reads a command about a message. */
function changeOf([, kind, seq, rest = '']: RegExpExecArray): Command {
  const of = seq === undefined ? undefined : Number(seq);
  const text = rest.trim();
  if (kind === 'delete')
    return text === '' ? { kind, of } : wrong('/delete takes a message such as #12, or nothing.');
  if (kind === 'save') return { kind, of, folder: text || '.' };
  if (kind === 'report') {
    const isReason = [...text].length <= REASON_CHARACTERS;
    return isReason ? { kind, of, reason: text || undefined } : wrong(REASON_RULE);
  }
  if (kind === 'resolve')
    return of !== undefined && text === '' ? { kind, of } : wrong('Which message? /resolve #12');
  if (kind === 'react') {
    const isName = text !== '' && [...text].length <= LIMITS.reactionCharacters;
    return isName
      ? { kind, of, name: text }
      : wrong(`/react takes 1 to ${LIMITS.reactionCharacters} characters, such as 👍.`);
  }
  if (kind !== 'edit' && kind !== 'reply') return wrong('There is no such command.');
  const problem = problemWithText(text);
  return problem === undefined ? { kind, of, text } : wrong(problem);
}

/** Reads a command that decides about a held message. */
function decisionOf([, kind, number, rest = '']: RegExpExecArray): Command {
  const reason = rest.trim() || undefined;
  const verdict = kind === 'allow' ? 'allow' : 'deny';
  if (number === undefined || (verdict === 'allow' && reason !== undefined))
    return wrong(`Which message? /${verdict} 1, with a number of /queue.`);
  return [...(reason ?? '')].length <= REASON_CHARACTERS
    ? { kind: 'decide', verdict, number: Number(number), reason }
    : wrong(REASON_RULE);
}

/** Reads a command that keeps a user out of the room or mutes one, or ends that. A name may have blanks. */
function removalOf([, kind, rest = '']: RegExpExecArray): Command {
  const [, named = rest, count] = (isTimed(kind) && /^(.*\S)\s+(\d{1,9})$/s.exec(rest)) || [];
  const user = named.trim();
  if (user === '') return wrong(`Which user? /${kind} NAME, or an id from /people.`);
  if (kind === 'unkick' || kind === 'unmute') return { kind, user };
  const minutes = count === undefined ? DEFAULT_KICK_MINUTES : Number(count);
  if (minutes < 1 || minutes > MAX_KICK_MINUTES)
    return wrong(`For how long? /${kind} takes 1 to ${MAX_KICK_MINUTES} minutes.`);
  return { kind: kind === 'mute' ? kind : 'kick', user, minutes };
}

function isTimed(kind: string | undefined): boolean {
  return kind === 'kick' || kind === 'mute';
}

/** Reads a command that changes a setting of the room. The server checks the title. */
function settingOf([, name, given = '']: RegExpExecArray): Command {
  if (name === 'title') return { kind: 'set', settings: { title: given } };
  if (name === 'slow') {
    const slow = Number(given || Number.NaN);
    return Number.isInteger(slow) && slow >= 0 && slow <= MAX_SLOW_SECONDS
      ? { kind: 'set', settings: { slow } }
      : wrong(`How slow? /slow takes 0 to ${MAX_SLOW_SECONDS} seconds.`);
  }
  if (given !== 'on' && given !== 'off') return wrong('/readonly takes on or off.');
  return { kind: 'set', settings: { readOnly: given === 'on' } };
}

function say(text: string): Command {
  const problem = problemWithText(text);
  return problem === undefined ? { kind: 'say', text } : wrong(problem);
}

function wrong(line: string): Command {
  return { kind: 'wrong', line };
}
