import type { ChatState } from '../../client';
import { isGuest, type User } from '../../lib/protocol';
import { useNow } from '../hooks/useNow';
import { useOnline } from '../hooks/useWindow';
import { noticeOf } from '../pure/connection';
import { Icon } from './Icon';

interface Props {
  state: ChatState;
  user: User;
  onTryNow(): void;
  onJoinAgain(): void;
}

/** Shows the state of a connection that is not open, and what the user can do. */
export function ConnectionBanner({ state, user, onTryNow, onJoinAgain }: Props) {
  const isWaiting = state.kind === 'connecting' && state.retryAt !== undefined;
  const now = useNow(isWaiting ? 1000 : undefined);
  const notice = noticeOf(state, useOnline(), now);
  return (
    <div className="banner-frame" role="status">
      {notice && (
        <div className={notice.isTrouble ? 'banner trouble' : 'banner'}>
          <Icon name={notice.isTrouble ? 'alert' : 'clock'} />
          <p>{notice.text}</p>
          {notice.offer === 'tryNow' && (
            <button type="button" onClick={onTryNow}>
              Try now
            </button>
          )}
          {notice.offer === 'joinAgain' && (
            <button type="button" onClick={onJoinAgain}>
              {isGuest(user) ? 'Join again' : 'Sign in again'}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
