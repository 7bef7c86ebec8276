import type { Page } from '../../lib/protocol';
import type { MessageWindow } from './messageWindow';

/** Adds the page that lies before a seq to a window, unless the window begins elsewhere by now. */
export function prependPage(window: MessageWindow, page: Page, before: number): void {
  if (window.olderThan() !== before) return;
  const entries = page.messages.filter(({ seq }) => seq < before);
  const isNext = entries.every(({ seq }, i) => seq === before - entries.length + i);
  const more = isNext && entries.length > 0 && page.more;
  window.setOlder(more, !more && page.truncated);
  if (isNext) window.prepend(entries);
}
