import { useEffect, useState } from 'react';
import {
  type AskToken,
  isNotifying,
  type Level,
  notify,
  onChosen,
  readLevel,
  setLevel,
  stopNotifying,
} from '../notifications';
import { readSettings } from '../signIn/settings';

export interface NotificationsProps {
  token: AskToken;
  /** The open room. */
  room: string;
}

const BLOCKED = 'This browser blocks notifications: allow them in its settings of this site.';

/** Turns the notifications of this browser on and off, and sets the level of the open room. */
export function Notifications({ token, room }: NotificationsProps) {
  const [isOn, setOn] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const isOffered = readSettings(document).push === true && 'PushManager' in window;

  useEffect(() => {
    if (!isOffered) return;
    // The browser is asked for no permission here: it has given one, or is left alone.
    void isNotifying().then((isSubscribed) => {
      setOn(isSubscribed);
      // The stack forgets a subscription that is not sent again.
      if (isSubscribed) void notify(token).catch(() => {});
    });
    return onChosen((chosen) => location.assign(`#${chosen}`));
  }, [isOffered, token]);

  const change = async (act: () => Promise<boolean>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      setOn(await act());
    } catch (error) {
      setProblem(error instanceof Error ? error.message : BLOCKED);
    }
    setBusy(false);
  };
  const turnOn = () =>
    change(async () => {
      if ((await Notification.requestPermission()) !== 'granted') throw new Error(BLOCKED);
      await notify(token);
      return true;
    });
  const turnOff = () =>
    change(async () => {
      await stopNotifying();
      return false;
    });

  if (!isOffered) return null;
  return (
    <div className="me">
      <button type="button" className="quiet" disabled={isBusy} onClick={isOn ? turnOff : turnOn}>
        {isOn ? 'Stop notifying me' : 'Notify me when I am away'}
      </button>
      {isOn && <LevelChoice key={room} token={token} room={room} onProblem={setProblem} />}
      {problem !== undefined && <p role="alert">{problem}</p>}
    </div>
  );
}

interface LevelChoiceProps extends NotificationsProps {
  onProblem(problem: string): void;
}

function LevelChoice({ token, room, onProblem }: LevelChoiceProps) {
  const [level, setShown] = useState<Level>();
  useEffect(() => {
    // A room that the user does not follow yet has no level.
    void readLevel(token, room).then(setShown, () => {});
  }, [token, room]);
  if (level === undefined) return null;
  return (
    <select
      aria-label={`Notify me in ${room} of`}
      value={level}
      onChange={({ target }) => {
        const chosen = target.value as Level;
        setShown(chosen);
        setLevel(token, room, chosen).catch((error: Error) => {
          setShown(level);
          onProblem(error.message);
        });
      }}
    >
      <option value="all">all messages</option>
      <option value="mentions">mentions</option>
      <option value="none">nothing</option>
    </select>
  );
}
