import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import WebSocket from 'ws';
import { runTerminalChat } from '../../cli/chat/terminalChat';
import { type Chat, createChat, type Room, webSocketFrom } from '../../client';
import { createDraftWriter, watchDrafts } from '../../client/drafts';
import { signInGuest } from '../../client/guests';
import { sendSignal } from '../../client/signals';
import { FILES_AND_RIGHTS, sharedStack } from '../local/sharedStack';
import { start } from './run';
import { type Screen, watchScreen } from './screen';

jest.setTimeout(60_000);

/** Waits until a client knows that it is in a room no longer. */
const left = (room: Room): Promise<void> =>
  new Promise((resolve) => {
    const stop = room.on('change', () => {
      if (room.snapshot.state !== 'left') return;
      stop();
      resolve();
    });
  });

/** A person at a terminal 60 columns wide. */
interface Person extends Screen {
  chat: Chat;
  type(keys: string): void;
  ended: Promise<number>;
}

describe('the terminal client at a terminal', () => {
  const stack = sharedStack({ params: FILES_AND_RIGHTS });
  const people: Person[] = [];

  afterEach(async () => {
    for (const person of people.splice(0)) {
      person.type('\u0003');
      await person.ended;
      person.chat.close();
    }
  });

  async function sit(name: string, rooms = ['lobby']): Promise<Person> {
    const { token } = await signInGuest(`${stack.url}/api/token`, name);
    const chat = createChat({ url: stack.socketUrl, token: () => token, open: webSocketFrom(WebSocket) });
    chat.connect();
    const input = new PassThrough();
    const output = Object.assign(new PassThrough(), { columns: 60, hasColors: () => false });
    const { shown, sees } = watchScreen(name, output);
    const person: Person = {
      chat,
      ended: runTerminalChat(
        chat,
        { rooms, history: 20, files: { url: new URL(stack.url), token: () => token, patienceMs: 30_000 } },
        { input, output },
      ),
      type: (keys) => input.write(keys),
      shown,
      sees,
    };
    people.push(person);
    await person.sees(`You are in ${rooms[0]}`);
    return person;
  }

  it('shows what others write, above the line being typed', async () => {
    const ann = await sit('Ann');
    const ben = await sit('Ben');
    await ann.sees('Ben is here');
    ann.type('half a thou');
    ben.type('Hello\r');

    await ann.sees('Ben: Hello\n');
    await ann.sees('lobby> half a thou');
    ann.type('ght\r');
    await ben.sees('Ann: half a thought');
  });

  it('shows what was written before, on request as well what was before that', async () => {
    const ann = await sit('Ann', ['past']);
    for (const number of [1, 2, 3]) ann.type(`message ${number}\r`);
    await ann.sees('Ann: message 3');

    const ben = await sit('Ben', ['past']);
    expect(ben.shown()).toMatch(/Ann: message 1\n.*Ann: message 2\n.*Ann: message 3\n/s);
    ben.type('/history\r');
    await ben.sees('There is nothing earlier.');
  });

  it('answers, edits and deletes messages', async () => {
    const ann = await sit('Ann', ['living']);
    const ben = await sit('Ben', ['living']);
    ann.type('Hallo\r');
    await ben.sees('Ann: Hallo');
    ann.type('/edit Hello\r');
    await ben.sees('Ann edited #1: Hello');
    ben.type('/reply Hi\r');
    await ann.sees('Ben: (to #1) Hi');
    ann.type('/delete #1\r');
    await ben.sees('Ann deleted #1');
    ben.type('/edit #1 Mine\r');
    await ben.sees('Not sent: Mine');
    ann.type('/delete all\r');
    await ann.sees('/delete takes a message such as #12, or nothing.');

    const eve = await sit('Eve', ['living']);
    expect(eve.shown()).toMatch(/Ann: \(deleted\)\n.*Ben: \(to #1\) Hi\n/);
  });

  it('says once that a reply is being written, and shows no signal', async () => {
    const ann = await sit('Ann', ['asked']);
    const ben = await sit('Ben', ['asked']);
    ann.type('What is the answer?\r');
    await ben.sees('Ann: What');
    const room = ben.chat.room('asked');
    await sendSignal(room, 'wave', { text: 'a signal' });
    const writer = createDraftWriter(room, 1);
    const drafts = watchDrafts(ann.chat.room('asked'));
    const isWhole = new Promise<void>((resolve) => {
      drafts.onChange(() => drafts.snapshot[0]?.text === 'so far' && resolve());
    });
    for (const word of ['so ', 'far']) writer.write(word);
    await isWhole;
    drafts.stop();
    await ann.sees('Ben is writing a reply to #1…');
    writer.end();
    ben.type('/reply It is 42.\r');
    await ann.sees('Ben: (to #1) It is 42.');

    expect(ann.shown().match(/is writing/g)).toHaveLength(1);
    expect(ann.shown()).not.toMatch(/so far|signal/);
  });

  it('sends files and saves those of others', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'edge-chat-'));
    writeFileSync(path.join(folder, 'the plan.txt'), 'words');
    const ann = await sit('Ann', ['papers']);
    const ben = await sit('Ben', ['papers']);
    ann.type(`/file ${folder}/the plan.txt\r`);
    await ben.sees('the plan.txt, 1 KB: /save #1');
    ben.type(`/save ${folder}\r`);
    await ben.sees('the plan (2).txt');
    ben.type('/save #9\r');
    await ben.sees('There is no such message here.');
    ann.type(`/file ${folder}/none\r`);
    await ann.sees('there is no such file.');

    expect(readFileSync(path.join(folder, 'the plan (2).txt'), 'utf8')).toBe('words');
    rmSync(folder, { recursive: true });
  });

  it('reacts to messages, and takes it back', async () => {
    const ann = await sit('Ann', ['claps']);
    const ben = await sit('Ben', ['claps']);
    ann.type('Hello\r');
    await ben.sees('Ann: Hello');
    ben.type('/react yes\r');
    await ann.sees('#1: yes 1');
    await ben.sees('#1: yes 1');
    const eve = await sit('Eve', ['claps']);
    expect(eve.shown()).toMatch(/Ann: Hello\n.* yes 1\n/s);
    ben.type('/react yes\r');
    await ann.sees('#1: no reactions');
    ben.type('/react #99 yes\r');
    await ben.sees('There is no such message here.');
  });

  it('lets a moderator see people, remove one, list the bans and end them', async () => {
    const mo = await sit('Mo', ['guarded']);
    const ben = await sit('Ben Baker', ['guarded']);
    await mo.sees('Ben Baker is here');
    mo.type('/people\r');
    await mo.sees(`Ben Baker  ${ben.chat.user?.id}  1 device since 20`);

    const isOut = left(ben.chat.room('guarded'));
    mo.type('/kick ben baker 60\r');
    await mo.sees('Ben Baker was removed from this room by Mo');
    await mo.sees('Ben Baker may not come back for 60 minutes.');
    await ben.sees('You were removed from this room by Mo');
    await isOut;
    mo.type('/bans\r');
    await mo.sees(`Ben Baker  ${ben.chat.user?.id}  until 20`);
    ben.type('/join guarded\r');
    await ben.sees('You have been removed from this room until 20');

    mo.type(`/unkick ${ben.chat.user?.id}\r`);
    await mo.sees('Ben Baker may come back.');
    ben.type('/join guarded\r');
    await ben.sees('You are in guarded');
    mo.type('/bans\r');
    await mo.sees('No user is kept out of this room or muted.');
  });

  it('lets a moderator mute a user and set the room, and tells the members what holds', async () => {
    const mo = await sit('Mo', ['guarded']);
    const ben = await sit('Ben', ['guarded']);
    await mo.sees('Ben is here');
    for (const [typed, shown] of [
      ['/title The guarded room', 'The title is: The guarded room'],
      ['/slow 30', 'Each user may send a message every 30 seconds.'],
      ['/readonly on', 'Only moderators may write here.'],
      ['/mute ben 60', 'You are muted until 20'],
    ] as const) {
      mo.type(`${typed}\r`);
      await ben.sees(shown);
    }
    mo.type('/bans\r');
    await mo.sees(`Ben  ${ben.chat.user?.id}  muted until 20`);

    mo.type('/unmute ben\r');
    await mo.sees('Ben may write again.');
    for (const typed of ['/slow 0', '/readonly off', '/title']) mo.type(`${typed}\r`);
    await ben.sees('This room is open again.');
  });

  it('reports messages to moderators, who see and resolve them', async () => {
    const mo = await sit('Mo', ['guarded']);
    const ben = await sit('Ben', ['guarded']);
    const text = `buy ${ben.chat.user?.id}`;
    mo.type(`${text}\r`);
    await ben.sees(`Mo: ${text}`);
    ben.type('/report An advertisement\r');
    await ben.sees('The moderators will see your report of #');
    const seq = /your report of #(\d+)/.exec(ben.shown())?.[1];
    mo.type('/queue\r');
    await mo.sees(`#${seq}  Mo: ${text}`);
    await mo.sees('by Ben: An advertisement');
    mo.type('/resolve\r');
    await mo.sees('Which message? /resolve #12');
    mo.type(`/resolve #${seq}\r`);
    await mo.sees(`The reports of #${seq} are resolved.`);
    mo.type('/queue\r');
    await mo.sees('No message of this room waits or is reported.');
    ben.type(`/report ${'x'.repeat(201)}\r`);
    await ben.sees('A reason has 200 characters at most.');
  });

  it('refuses a removal without the right, and one of a user that is unknown or not sure', async () => {
    const ann = await sit('Ann', ['open', 'guarded']);
    const [first, second] = [await sit('Twin', ['guarded']), await sit('twin', ['guarded'])];
    await ann.sees('guarded twin is here');
    for (const [typed, shown] of [
      ['/kick Twin', 'This user may not do this in this room.'],
      ['/bans', 'This user may not do this in this room.'],
      ['/join guarded', 'You are in guarded with 2 others.'],
      ['/kick Twin', 'Several users have this name. Take an id:'],
      ['/kick nobody here', 'No user here has this name.'],
      ['/kick guest:nobody', '"user" must be the id of a user who has been here'],
      ['/kick', 'Which user? /kick NAME, or an id from /people.'],
      ['/kick Twin 0', 'For how long?'],
    ] as const) {
      ann.type(`${typed}\r`);
      await ann.sees(shown);
    }

    for (const { chat } of [first, second]) expect(chat.room('guarded').snapshot.state).toBe('joined');
  });

  it('follows a room on all devices, and lists what is followed with the last message', async () => {
    const ann = await sit('Ann', ['one']);
    await ann.sees('one> ');
    await ann.chat.room('one').send('hello, one');
    for (const [typed, shown] of [
      ['/follow', 'You follow one on all your devices.'],
      ['/follow two', 'You follow two on all your devices.'],
      ['/follow No!', 'A room must be 1 to 64 characters'],
      ['/rooms', 'You follow:'],
      ['/unfollow two', 'You no longer follow two.'],
    ] as const) {
      ann.type(`${typed}\r`);
      await ann.sees(shown);
    }
    expect(ann.shown()).toMatch(/You follow:\n {2}one \(1 unread\) {2}Ann: hello, one\n {2}two\n/);

    const bo = await sit('Bo', ['one']);
    await bo.chat.room('one').send({ text: 'Ann?', mentions: [ann.chat.user?.id ?? ''] });
    ann.type('/rooms\r');
    await ann.sees('one (2 unread, @1)  Bo: Ann?');
  });

  it('opens a room for the user and another one, which is on the lists of both', async () => {
    const ann = await sit('Ann', ['one']);
    const ben = await sit('Ben', ['one']);
    await ann.sees('Ben is here');
    for (const [typed, shown] of [
      ['/dm', 'With which user?'],
      ['/dm No body', 'No user here has this name.'],
      ['/dm Ben', 'You are in dm.'],
    ] as const) {
      ann.type(`${typed}\r`);
      await ann.sees(shown);
    }
    ann.type('psst\r');
    await ann.sees('Ann: psst');
    ben.type('/rooms\r');
    await ben.sees(' unread)  Ann: psst');
    expect(ben.shown()).toMatch(/ {2}dm\.[0-9a-f]{50} \(you and guest:\S+\) \(1 unread\) {2}Ann: psst/);
  });

  it('goes in and out of rooms', async () => {
    const ann = await sit('Ann', ['one', 'two']);
    await ann.sees('one> ');
    for (const [typed, shown] of [
      ['/rooms', '* one'],
      ['/join three', 'You are in three alone.'],
      ['/who', 'Ann\n'],
      ['/leave', 'one> '],
      ['/join Three!', 'A room must be'],
      ['/dance', 'There is no /dance.'],
      ['//slash', 'Ann: /slash'],
    ] as const) {
      ann.type(`${typed}\r`);
      await ann.sees(shown);
    }
    ann.type('/quit\r');

    expect(await ann.ended).toBe(0);
  });

  it('leaves in order on Ctrl-C and on Ctrl-D', async () => {
    const ann = await sit('Ann');
    const ben = await sit('Ben');
    ann.type('\u0003');
    ben.type('\u0004');

    expect(await ann.ended).toBe(0);
    expect(await ben.ended).toBe(0);
  });

  it('runs as `npx edge-chat chat`, and says how many members are there, and who comes and goes', async () => {
    const run = (name: string) => {
      const args = ['chat', stack.socketUrl, '--room', 'process', '--name', name];
      const { child, ended } = start(args, {}, ['--import', path.join(__dirname, 'fakeTerminal.mjs')]);
      return { ...watchScreen(name, child.stdout), type: (keys: string) => child.stdin.write(keys), ended };
    };
    const ann = run('ann');
    await ann.sees('You are in process alone.');
    const ben = run('ben');
    await ben.sees('You are in process with 1 other.');
    await ann.sees('ben is here');
    ben.type('/who\r');
    await ben.sees('ann\nben\n');
    ann.type('hello\r');
    await ben.sees('ann: hello');
    ben.type('/quit\r');

    expect(await ben.ended).toMatchObject({ code: 0, err: '' });
    await ann.sees('ben has left');
    ann.type('\u0003');
    expect(await ann.ended).toMatchObject({ code: 0, err: '' });
  });
});
