import { WebSocket } from 'ws';
import { type Chat, createChat, type Room, webSocketFrom } from '../../client';
import {
  createFiles,
  type FileDraft,
  type Files,
  type KeptUpload,
  type PostForm,
  type UploadStore,
} from '../../client/files';
import { postForm } from '../../client/files/postForm';
import { signInGuest } from '../../client/guests';
import { FILES_AND_RIGHTS, sharedStack } from './sharedStack';

jest.setTimeout(60_000);

const stack = sharedStack({ params: FILES_AND_RIGHTS });
const chats: Chat[] = [];

afterEach(() => {
  for (const chat of chats.splice(0)) chat.close();
});

interface Person {
  room: Room;
  files: Files;
  token: string;
}

/** A user of a room. Each form goes through `post`. */
async function enter(name: string, post: PostForm = postForm, store?: UploadStore): Promise<Person> {
  const { token } = await signInGuest(`${stack.url}/api/token`, name);
  const open = webSocketFrom(
    class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { origin: stack.url });
      }
    } as never,
  );
  const chat = createChat({ url: stack.socketUrl, token: () => token, open });
  chats.push(chat);
  chat.connect();
  const room = chat.room('files');
  await room.join();
  const files = createFiles(room, {
    url: stack.url,
    token: () => token,
    post,
    random: () => 0,
    ...(store && { store, onError: () => {} }),
  });
  return { room, files, token };
}

const draft = (name: string, text = name): FileDraft => ({
  name,
  content: new Blob([text], { type: 'text/plain' }),
});
const stored = () => stack.files?.keys().length ?? 0;

const nextMessage = ({ room }: Person) =>
  new Promise<Parameters<Parameters<typeof room.on<'message'>>[1]>[0]>((resolve) => {
    const stop = room.on('message', (message) => {
      stop();
      resolve(message);
    });
  });

it('files are uploaded, sent with their message, and read by others', async () => {
  const loaded: number[] = [];
  const [ann, ben] = [await enter('Ann'), await enter('Ben')];
  ann.files.onChange(() =>
    loaded.push(...ann.files.snapshot.flatMap(({ files }) => files.map((file) => file.loaded))),
  );
  const told = [nextMessage(ann), nextMessage(ben)];

  const { seq } = await ann.files.send({
    text: '',
    files: [{ ...draft('../a\u202e.txt', 'of file a'), alt: 'A' }, draft('b')],
  });

  for (const message of await Promise.all(told)) {
    expect(message).toMatchObject({
      seq,
      text: 'a.txt, b',
      files: [
        { name: 'a.txt', type: 'text/plain', bytes: 9 },
        { name: 'b', type: 'text/plain', bytes: 1 },
      ],
    });
    const [{ id = '' } = {}] = message.files ?? [];
    expect(message.data).toEqual({ files: { [id]: { alt: 'A' } } });
    expect(await (await ben.files.read(seq, id)).text()).toBe('of file a');
  }
  expect([loaded.includes(9), ann.files.snapshot]).toEqual([true, []]);
});

it('a tile is sent with its picture and read in its place, and without one the picture is', async () => {
  const posted: string[] = [];
  let isLost = false;
  const ann = await enter('Ann', async (url, form, options) => {
    const key = String(form.get('key'));
    posted.push(key.slice(key.indexOf('.') + 1 || key.length));
    return isLost && key.endsWith('.tile') ? 204 : postForm(url, form, options);
  });
  const picture = (tile: Blob): FileDraft => ({
    name: 'p.png',
    content: new Blob(['whole'], { type: 'image/png' }),
    tile,
  });
  const tile = new Blob(['small'], { type: 'image/webp' });
  const shown = async (draft: FileDraft) => {
    const told = nextMessage(ann);
    const { seq } = await ann.files.send({ text: '', files: [draft] });
    const [file = { id: '' }] = (await told).files ?? [];
    return Promise.all([ann.files.readTile(seq, file), ann.files.read(seq, file.id)]).then((read) =>
      Promise.all(read.map((blob) => blob.text())),
    );
  };

  expect(await shown(picture(tile))).toEqual(['small', 'whole']);
  expect(await shown(picture(new Blob(['<svg/>'], { type: 'image/svg+xml' })))).toEqual(['whole', 'whole']);
  isLost = true;
  expect(await shown(picture(tile))).toEqual(['whole', 'whole']);
  expect(posted).toEqual(['tile', '', '', 'tile', '']);
});

it('an upload without an answer is repeated, and its message is sent once', async () => {
  let attempts = 0;
  const ann = await enter('Ann', async (...form) => {
    attempts += 1;
    if (attempts === 1) throw new Error('no network');
    const status = await postForm(...form);
    return attempts === 2 ? 503 : status;
  });

  const { seq } = await ann.files.send({ text: 'Repeated', files: [draft('c')] });

  expect([attempts, ann.room.snapshot.messages.filter(({ text }) => text === 'Repeated')]).toMatchObject([
    3,
    [{ seq, files: [{ name: 'c' }] }],
  ]);
});

it('a refused upload stays until it is tried again or discarded, and leaves nothing in the bucket', async () => {
  let isChanged = true;
  const ann = await enter('Ann', (url, form, options) => {
    if (isChanged) form.set('Content-Type', 'text/html');
    return postForm(url, form, options);
  });
  const before = stored();
  await expect(ann.files.send({ text: 'Refused', files: [draft('d')] })).rejects.toThrow('HTTP 403');
  await expect(ann.files.send({ text: 'Discarded', files: [draft('e')] })).rejects.toThrow('HTTP 403');
  expect(stored()).toBe(before);
  const [refused, discarded] = ann.files.snapshot;
  expect([refused, discarded]).toMatchObject([{ state: 'failed' }, { state: 'failed' }]);

  isChanged = false;
  const told = nextMessage(ann);
  ann.files.discard(discarded?.id ?? '');
  ann.files.retry(refused?.id ?? '');

  expect(await told).toMatchObject({ text: 'Refused', files: [{ name: 'd' }] });
  expect(ann.files.snapshot).toEqual([]);
});

it('a discarded upload ends at once, and the next one begins', async () => {
  let isHanging = true;
  const ann = await enter('Ann', (url, form, options) =>
    isHanging
      ? new Promise((_, reject) =>
          options.signal.addEventListener('abort', () => reject(options.signal.reason)),
        )
      : postForm(url, form, options),
  );
  const first = ann.files.send({ text: 'First', files: [draft('f')] });
  const second = ann.files.send({ text: 'Second', files: [draft('g')] });
  isHanging = false;
  ann.files.discard(ann.files.snapshot[0]?.id ?? '');

  await expect(first).rejects.toMatchObject({ code: 'discarded' });
  expect(await second).toMatchObject({ seq: expect.any(Number) });
});

it('files that the bucket has removed meanwhile are uploaded again', async () => {
  let isForgetful = true;
  const ann = await enter('Ann', async (...form) => {
    const status = await postForm(...form);
    if (isForgetful) for (const key of stack.files?.keys() ?? []) stack.files?.remove(key);
    return status;
  });
  await expect(ann.files.send({ text: 'Forgotten', files: [draft('h')] })).rejects.toMatchObject({
    code: 'gone',
  });
  expect(ann.room.snapshot.pending).toEqual([]);
  isForgetful = false;
  const told = nextMessage(ann);

  ann.files.retry(ann.files.snapshot[0]?.id ?? '');

  expect(await told).toMatchObject({ text: 'Forgotten', files: [{ name: 'h' }] });
});

it.each([
  ['no file', []],
  ['an empty file', [draft('i', '')]],
  ['eleven files', Array.from({ length: 11 }, (_, i) => draft(`j${i}`))],
])('a message with %s is refused before anything is asked', async (_what, files) => {
  const ann = await enter('Ann');

  await expect(ann.files.send({ text: 'Bad', files })).rejects.toMatchObject({ code: 'badField' });
});

it('a message is sent from memory where nothing can be stored, and says so', async () => {
  const ann = await enter('Ann', postForm, { open: () => Promise.reject(new Error('no storage')) });
  const isKept: unknown[] = [];
  ann.files.onChange(() => isKept.push(...ann.files.snapshot.map((send) => send.isKept)));

  await ann.files.send({ text: 'From memory', files: [draft('k')] });

  expect(isKept).toContain(false);
  expect(isKept).not.toContain(true);
});

it('a message that an ended page had sent already is not sent again, nor shown as failed', async () => {
  const kept = new Map<string, KeptUpload>();
  const store: UploadStore = {
    async open() {
      const left = [...kept.values()];
      return {
        adopt: async () => left.splice(0),
        async add(upload) {
          kept.set(upload.record.id, upload);
          return 'kept';
        },
        async update(record) {
          kept.set(record.id, { record, contents: kept.get(record.id)?.contents ?? [] });
          return 'kept';
        },
        // The first page ends before it removes the message.
        async remove() {},
        async close() {},
      };
    },
  };
  const { room, files, token } = await enter('Ann', postForm, store);
  const { seq } = await files.send({ text: 'Only once', files: [draft('l')] });
  files.stop();
  const isRefused = new Promise<void>((resolve) => {
    let isHandedOver = false;
    room.on('change', () => {
      isHandedOver ||= room.snapshot.pending.length > 0;
      if (isHandedOver && room.snapshot.pending.length === 0) resolve();
    });
  });

  const second = createFiles(room, { url: stack.url, token: () => token, store });

  await isRefused;
  await new Promise(setImmediate);
  expect(second.snapshot).toEqual([]);
  expect(room.snapshot.messages.filter(({ text }) => text === 'Only once')).toMatchObject([{ seq }]);
  second.stop();
});
