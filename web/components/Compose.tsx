import { type FormEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Room } from '../../client';
import { problemWithText } from '../../lib/protocol';
import { readDraft, writeDraft } from '../drafts';
import { useMedia } from '../hooks/useMedia';
import type { Memory } from '../memory';
import { charactersLeft, readyToSend } from '../pure/compose';
import { Icon } from './Icon';

interface Props {
  room: Room;
  memory: Memory;
  /** The user's id, whose draft it is. */
  me: string;
  onTyping(): void;
}

/** The box to write in. Enter sends where there is a real keyboard; Shift+Enter begins a new line. */
export function Compose({ room, memory, me, onTyping }: Props) {
  const [text, setText] = useState(() => readDraft(memory, me, room.name));
  const [problem, setProblem] = useState<string>();
  const box = useRef<HTMLTextAreaElement>(null);
  const hasKeyboard = useMedia('(hover: hover) and (pointer: fine)');
  const left = charactersLeft(text);

  useEffect(() => {
    if (hasKeyboard) box.current?.focus();
  }, [hasKeyboard]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows from the text.
  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight}px`;
  }, [text]);

  const change = (next: string) => {
    setText(next);
    writeDraft(memory, me, room.name, next);
  };
  const send = () => {
    const ready = readyToSend(text);
    if (ready === '') return;
    const wrong = problemWithText(ready);
    setProblem(wrong);
    if (wrong !== undefined) return;
    const waiting = room.snapshot.pending.length;
    const sent = room.send(ready);
    const isTaken = room.snapshot.pending.length > waiting;
    // A message that was taken has a row, which shows the outcome.
    sent.catch((error: Error) => isTaken || setProblem(`Not sent. ${error.message}`));
    if (isTaken) change('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Safari reports the Enter that ends a composition by this code only.
    const isComposing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || isComposing || !hasKeyboard) return;
    event.preventDefault();
    send();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
    box.current?.focus();
  };

  return (
    <form className="compose" onSubmit={onSubmit}>
      <div className="compose-box">
        <textarea
          ref={box}
          rows={1}
          value={text}
          dir="auto"
          enterKeyHint={hasKeyboard ? 'send' : 'enter'}
          placeholder={`Message #${room.name}`}
          aria-label={`Message to ${room.name}`}
          aria-describedby="compose-hint"
          aria-invalid={problem !== undefined}
          onChange={({ target }) => {
            change(target.value);
            setProblem(undefined);
            if (target.value !== '') onTyping();
          }}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="send" aria-label="Send" disabled={readyToSend(text) === ''}>
          <Icon name="send" />
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
