import { useEffect } from 'react';
import unreadIcon from '../unread.late.svg';

/** Shows in the icon of the tab whether there are unread messages. */
export function useUnreadIcon(hasUnread: boolean): void {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (!link || !hasUnread) return;
    const { href } = link;
    link.href = unreadIcon;
    return () => {
      link.href = href;
    };
  }, [hasUnread]);
}
