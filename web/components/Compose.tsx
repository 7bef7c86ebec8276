import { type FormEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Room } from '../../client';
import { problemWithText } from '../../lib/protocol';
import { useMedia } from '../hooks/useMedia';
import { charactersLeft, readyToSend } from '../pure/compose';
import { Icon } from './Icon';

/** Unsent text of each room. */
const drafts = new Map<string, string>();

/** The box to write in. Enter sends where there is a real keyboard; Shift+Enter begins a new line. */
export function Compose({ room, onTyping }: { room: Room; onTyping(): void }) {
  const [text, setText] = useState(drafts.get(room.name) ?? '');
  const [problem, setProblem] = useState<string>();
  const box = useRef<HTMLTextAreaElement>(null);
  const hasKeyboard = useMedia('(hover: hover) and (pointer: fine)');
  const left = charactersLeft(text);

  useEffect(() => {
    if (text === '') drafts.delete(room.name);
    else drafts.set(room.name, text);
  }, [room, text]);
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

  const send = () => {
    const ready = readyToSend(text);
    if (ready === '') return;
    const wrong = problemWithText(ready);
    setProblem(wrong);
    if (wrong !== undefined) return;
    // The message's row shows the outcome.
    room.send(ready).catch(() => {});
    setText('');
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
            setText(target.value);
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
