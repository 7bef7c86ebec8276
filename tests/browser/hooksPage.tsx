import { StrictMode, startTransition, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { type Chat, createChat, type SocketEvents } from '../../client';
import type { FilesOptions } from '../../client/files';
import {
  useChat,
  useDrafts,
  useFiles,
  useFinder,
  usePresence,
  useReactions,
  useRoom,
  useRooms,
  useSignal,
} from '../../client/hooks';

/** What the page tells the test, and what the test may do to it. */
export interface HooksPage {
  counts: {
    sockets: number;
    closed: number;
    joins: string[];
    leaves: string[];
    signals: string[];
    renders: Record<string, number>;
  };
  arrive(room: string, text: string): void;
  /** Gives a room so many entries before it is joined. */
  grow(room: string, entries: number): void;
  come(room: string, name: string): void;
  signal(name: string, word: string): void;
  draft(offset: number, text: string): void;
  show(views: readonly string[]): void;
  showLater(views: readonly string[]): void;
  unmount(): void;
  close(): void;
  connect(): void;
}

const counts: HooksPage['counts'] = {
  sockets: 0,
  closed: 0,
  joins: [],
  leaves: [],
  signals: [],
  renders: {},
};
const heads = new Map<string, number>();
let server: SocketEvents | undefined;

const ME = { id: 'guest:me', name: 'Me' };

/** Answers an edit or a reaction with the entry that it makes, and a jump with an old message. */
function changeOf({ action, room, id, of, text, name }: Record<string, string>): object | undefined {
  const seq = (heads.get(room ?? '') ?? 0) + 1;
  const change = { room, seq, of, at: seq };
  if (action === 'getHistory')
    return {
      ...{ type: 'history', log: 'one', more: true },
      messages: [{ type: 'message', seq: 1, id: 'message-old', text: 'long ago', from: ME, at: 1 }],
    };
  if (action !== 'editMessage' && action !== 'react') return undefined;
  heads.set(room ?? '', seq);
  if (action === 'editMessage') {
    const entry = { type: 'edited', ...change, id, text, from: ME, rev: seq };
    queueMicrotask(() => serve(entry));
    return { type: 'ack', id, seq, at: seq, entry };
  }
  const summary = { counts: { [String(name)]: 1 }, users: { [String(name)]: [ME] } };
  queueMicrotask(() => serve({ type: 'reacted', ...change, k: 1, ...summary }));
  return { type: 'ok', action, of, name, k: 1 };
}

function serve(frame: object): void {
  server?.message(JSON.stringify(frame));
}

const chat: Chat = createChat({
  url: 'ws://none.example/ws',
  token: () => `x.${btoa(JSON.stringify({ sub: 'guest:me', name: 'Me' }))}.x`,
  open(_url, _protocols, events) {
    counts.sockets += 1;
    server = events;
    queueMicrotask(() => events.open('chat.v1'));
    return {
      send(text) {
        const { action, room, ref, data } = JSON.parse(text);
        if (action === 'signal') counts.signals.push(data.word);
        if (action === 'joinRoom') counts.joins.push(room);
        if (action === 'leaveRoom') counts.leaves.push(room);
        const head = heads.get(room) ?? 0;
        const joined = {
          type: 'joined',
          head,
          log: 'one',
          members: [],
          memberCount: 0,
          can: ['send'],
          messages: [],
          more: false,
        };
        const answer =
          changeOf(JSON.parse(text)) ?? (action === 'joinRoom' ? joined : { type: 'ok', action });
        queueMicrotask(() => serve({ ...answer, room, ref }));
      },
      close() {
        counts.closed += 1;
        queueMicrotask(() => events.close());
      },
    };
  },
});

function rendered(name: string): void {
  counts.renders[name] = (counts.renders[name] ?? 0) + 1;
}

function State() {
  const { state, user } = useChat(chat);
  return <p id="state">{`${state.kind} ${user?.name}`}</p>;
}

function Texts({ id, name }: { id: string; name: string }) {
  const { messages, room } = useRoom(chat, name);
  return <p id={id}>{`${room.name}: ${messages.map(({ text }) => text).join(' ')}`}</p>;
}

function Living() {
  const { messages, editMessage } = useRoom(chat, 'lobby');
  const { toggles, add } = useReactions(chat, 'lobby');
  const [first] = messages;
  const states = [...(toggles.get(1) ?? [])].map(([name, { state }]) => `${name} ${state}`);
  return (
    <p>
      <output id="living">{[first?.text, ...states].join(' ')}</output>
      <button id="edit" type="button" onClick={() => void editMessage(1, 'better')} />
      <button id="clap" type="button" onClick={() => void add(1, '👏')} />
    </p>
  );
}

function Place() {
  const { messages, isDetached, jump } = useFinder(chat, 'lobby');
  return (
    <button id="place" type="button" onClick={() => void jump(1)}>
      {`${isDetached ? 'back' : 'live'}: ${messages.map(({ text }) => text).join(' ')}`}
    </button>
  );
}

function People({ name }: { name: string }) {
  rendered('people');
  const { members } = usePresence(chat, name);
  return <p id="people">{members.map((each) => each.name).join(' ')}</p>;
}

function Several() {
  rendered('several');
  // A new array each time, as callers do.
  const rooms = useRooms(chat, ['lobby', 'second']);
  return <p id="several">{rooms.map(({ name, messages }) => `${name} ${messages.length}`).join(', ')}</p>;
}

function Waves() {
  const [words, setWords] = useState<readonly string[]>([]);
  // A new function at each render, as callers write it: it has to know the words so far.
  const send = useSignal(chat, 'lobby', 'wave', ({ data }) => setWords([...words, String(data?.word)]));
  return (
    <button id="waves" type="button" onClick={() => void send({ word: 'hi' })}>
      {words.join(' ')}
    </button>
  );
}

function Written() {
  const drafts = useDrafts(chat, 'lobby');
  return <p id="written">{drafts.map(({ from, text }) => `${from.name}: ${text}`).join(' ')}</p>;
}

const FILES: FilesOptions = { url: 'http://none.example', token: () => 'token' };
/** A file that is never read: its upload stays under way. */
const FILE = { name: 'a.txt', content: new Blob(['text']) };
FILE.content.arrayBuffer = () => new Promise(() => {});

function Uploads() {
  const { sends, send, discard } = useFiles(chat, 'lobby', FILES);
  const begin = () => void send({ text: '', files: [FILE] }).catch(() => {});
  return (
    <p>
      <output id="uploads">{sends.map(({ text, state }) => `${text} ${state}`).join(', ')}</output>
      <button id="begin" type="button" onClick={begin} />
      <button id="end" type="button" onClick={() => discard(sends[0]?.id ?? '')} />
    </p>
  );
}

const VIEWS: Record<string, React.ReactNode> = {
  state: <State key="state" />,
  texts: <Texts key="texts" id="texts" name="lobby" />,
  again: <Texts key="again" id="again" name="lobby" />,
  people: <People key="people" name="lobby" />,
  several: <Several key="several" />,
  waves: <Waves key="waves" />,
  written: <Written key="written" />,
  uploads: <Uploads key="uploads" />,
  living: <Living key="living" />,
  place: <Place key="place" />,
};

let setViews: (views: readonly string[]) => void = () => {};

function Page() {
  const [views, set] = useState<readonly string[]>([]);
  setViews = set;
  return views.map((view) => VIEWS[view]);
}

const element = document.createElement('div');
document.body.append(element);
const root = createRoot(element);
root.render(
  <StrictMode>
    <Page />
  </StrictMode>,
);

const page: HooksPage = {
  counts,
  arrive(room, text) {
    const seq = (heads.get(room) ?? 0) + 1;
    heads.set(room, seq);
    const from = { id: 'guest:you', name: 'You' };
    serve({ type: 'message', room, seq, id: `message-${room}-${seq}`, text, from, at: seq });
  },
  grow: (room, entries) => void heads.set(room, entries),
  come: (room, name) => serve({ type: 'memberJoined', room, member: { id: name, name } }),
  signal: (name, word) =>
    serve({ type: 'signal', room: 'lobby', name, data: { word }, from: { id: 'guest:you', name: 'You' } }),
  draft: (offset, text) =>
    serve({
      ...{ type: 'draft', room: 'lobby', of: 1, generation: 1, offset, text },
      from: { id: 'guest:you', name: 'You' },
    }),
  show: (views) => setViews(views),
  showLater: (views) => startTransition(() => setViews(views)),
  unmount: () => root.unmount(),
  close: () => chat.close(),
  connect: () => chat.connect(),
};
Reflect.set(globalThis, 'hooks', page);
