import {
  type FormEvent,
  type KeyboardEvent,
  Suspense,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { MessageView, Room } from '../../client';
import { editMessage } from '../../client/editing';
import { problemWithText, type User } from '../../lib/protocol';
import { useMedia } from '../hooks/useMedia';
import { charactersLeft, readyToSend } from '../pure/compose';
import { complete, mentionAt, mentionsIn, optionsFor } from '../pure/mentions';
import type { RoomTitle } from '../pure/roomTitle';
import type { UnsentTexts } from '../unsentTexts';
import type { Attached } from './Attach';
import { ComposeMode } from './ComposeMode';
import { Icon } from './Icon';
import { Attach } from './late';
import { MentionList } from './MentionList';

/** What the box writes: a message, an answer to one, or other words for an own one. */
export type Writing = { kind: 'new' } | { kind: 'reply' | 'edit'; message: MessageView };

interface Props {
  room: Room;
  title: RoomTitle;
  unsent: UnsentTexts;
  /** The user's id. */
  me: string;
  members: readonly User[];
  writing: Writing;
  canAttach: boolean;
  /** The user cannot write in the room now. */
  isClosed: boolean;
  onWriting(writing: Writing): void;
  onTyping(): void;
}

const NEW: Writing = { kind: 'new' };

/** The box to write in. Enter sends where there is a real keyboard; Shift+Enter begins a new line. */
export function Compose(props: Props) {
  const { room, title, unsent, me, members, writing, canAttach, onWriting, onTyping } = props;
  const edited = writing.kind === 'edit' ? writing.message : undefined;
  // Slow mode is about new messages alone. What else refuses an edit is told at its row.
  const isClosed = props.isClosed && !edited;
  const [text, setText] = useState(() => edited?.text ?? unsent.read(room.name));
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  const [problem, setProblem] = useState<string>();
  const [attached, setAttached] = useState<Attached>();
  const box = useRef<HTMLTextAreaElement>(null);
  const hasKeyboard = useMedia('(hover: hover) and (pointer: fine)');
  const left = charactersLeft(text);
  const mention = mentionAt(text, caret);
  const options = mention ? optionsFor(mention, members, me) : [];

  useEffect(() => {
    if (hasKeyboard || writing.kind !== 'new') box.current?.focus();
  }, [hasKeyboard, writing]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows from the text.
  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight}px`;
  }, [text]);

  const change = (next: string) => {
    setText(next);
    if (!edited) unsent.write(room.name, next);
  };
  const mentionUser = (user: User | undefined) => {
    if (!mention || !user) return;
    change(complete(text, mention, user));
    setCaret(0);
  };
  const waiting = () =>
    room.snapshot.pending.length + room.snapshot.pendingChanges.length + (attached?.waiting() ?? 0);
  const send = () => {
    const ready = readyToSend(text);
    if (isClosed || (ready === '' && !attached)) return;
    const wrong = ready === '' ? undefined : problemWithText(ready);
    setProblem(wrong);
    if (wrong !== undefined) return;
    const mentions = mentionsIn(ready, members);
    const content = { text: ready, ...(mentions.length > 0 && { mentions }) };
    const before = waiting();
    const sent = edited
      ? editMessage(room, edited.seq, { ...content, data: edited.data })
      : (attached ?? room).send({
          ...content,
          ...(writing.kind === 'reply' && { replyTo: writing.message.seq }),
        });
    const isTaken = waiting() > before;
    // A message or an edit that was taken has a row, which shows the outcome.
    sent.catch((error: Error) => isTaken || setProblem(`Not sent. ${error.message}`));
    if (!isTaken) return;
    change('');
    onWriting(NEW);
  };
  const editLast = () => {
    const { messages, pending, can } = room.snapshot;
    // The last own message is under way: the one before it is not meant.
    if (pending.some(({ state }) => state === 'pending' || state === 'sent')) return false;
    const last = messages.findLast(({ from, deleted }) => from.id === me && !deleted);
    if (last && can.includes('edit')) onWriting({ kind: 'edit', message: last });
    return last !== undefined;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Safari reports the Enter that ends a composition by this code only.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (options.length > 0 && step !== undefined)
      setChosen((chosen + step + options.length) % options.length);
    else if (options.length > 0 && (event.key === 'Enter' || event.key === 'Tab'))
      mentionUser(options[chosen]);
    else if (options.length > 0 && event.key === 'Escape') setCaret(0);
    else if (event.key === 'Escape' && writing.kind !== 'new') onWriting(NEW);
    else if (event.key === 'ArrowUp' && text === '' && !event.altKey && editLast()) event.stopPropagation();
    else if (event.key === 'Enter' && !event.shiftKey && hasKeyboard) send();
    else return;
    event.preventDefault();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
    box.current?.focus();
  };

  return (
    <form className="compose" onSubmit={onSubmit}>
      {writing.kind !== 'new' && <ComposeMode {...writing} onCancel={() => onWriting(NEW)} />}
      {options.length > 0 && (
        <MentionList id="mentions" options={options} chosen={chosen} onChoose={mentionUser} />
      )}
      <div className="compose-box">
        {canAttach && !edited && (
          <Suspense>
            <Attach onAttach={setAttached} />
          </Suspense>
        )}
        <textarea
          ref={box}
          rows={1}
          value={text}
          dir="auto"
          enterKeyHint={hasKeyboard ? 'send' : 'enter'}
          placeholder={`Message ${title.sign}${title.text}`}
          aria-label={`Message to ${title.text}`}
          aria-describedby="compose-hint"
          aria-invalid={problem !== undefined}
          aria-autocomplete="list"
          aria-controls={options.length > 0 ? 'mentions' : undefined}
          aria-activedescendant={options.length > 0 ? `mentions-${chosen}` : undefined}
          onChange={({ target }) => {
            change(target.value);
            setCaret(target.selectionStart);
            setChosen(0);
            setProblem(undefined);
            if (target.value !== '' && !isClosed) onTyping();
          }}
          onKeyDown={onKeyDown}
          onBlur={unsent.flush}
        />
        <button
          type="submit"
          className="send"
          aria-label={edited ? 'Save' : 'Send'}
          disabled={isClosed || (readyToSend(text) === '' && !attached)}
        >
          <Icon name={edited ? 'check' : 'send'} />
        </button>
      </div>
      <p className="compose-foot" id="compose-hint">
        <span className={problem === undefined ? 'hint' : 'wrong'} role={problem && 'alert'}>
          {problem ?? (hasKeyboard && 'Enter sends, Shift+Enter begins a new line')}
        </span>
        {left && <span className={left.count < 0 ? 'wrong' : undefined}>{left.label}</span>}
      </p>
    </form>
  );
}
