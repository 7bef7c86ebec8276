import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Room, RoomSnapshot } from '../../client';
import { type MemberDetails, type RoomBan, type RoomRules, watchRules } from '../../client/moderation';
import type { User } from '../../lib/protocol';
import { useModeration } from '../hooks/useModeration';
import { momentOf } from '../pure/days';
import { usersIn } from '../pure/people';
import { MemberForm } from './MemberForm';
import { PersonLine } from './PersonLine';
import { RemoveForm } from './RemoveForm';
import { ReportList } from './ReportList';
import { RoomSettingsForm } from './RoomSettingsForm';

interface Props {
  room: Room;
  /** The joined rooms. */
  rooms: readonly RoomSnapshot[];
  me: string;
  /** The user whom the moderator is about to remove. */
  target: User | undefined;
}

/** The moderator's view of a room: its settings, its users with their devices, its bans and mutes. */
export function ModerationPanel({ room, rooms, me, target: firstTarget }: Props) {
  const moderation = useModeration(room);
  const { members, bans, outcome } = moderation;
  const [rules, setRules] = useState<RoomRules>();
  useEffect(() => watchRules(room, setRules), [room]);
  const [target, setTarget] = useState(firstTarget);
  const isBusy = outcome.kind === 'busy';
  const isPrivate = rules?.settings.private === true;
  const users = useMemo(
    () =>
      isPrivate
        ? usersIn(
            rooms,
            (members?.items ?? []).map(({ user }) => user),
          )
        : [],
    [isPrivate, rooms, members],
  );
  const top = useRef<HTMLHeadingElement>(null);
  /** Ends the form; the focus goes to the top, as the form's fields are gone. */
  const endForm = useCallback(() => {
    setTarget(undefined);
    top.current?.focus();
  }, []);

  return (
    <div className="moderation">
      <h2 className="panel-title" ref={top} tabIndex={-1}>
        Moderate
        <button type="button" className="link" disabled={isBusy} onClick={moderation.refresh}>
          Refresh
        </button>
      </h2>
      {target && (
        <RemoveForm
          key={target.id}
          user={target}
          isBusy={isBusy}
          onCancel={endForm}
          onMute={(forMs) => {
            moderation.mute(target, forMs);
            endForm();
          }}
          onRemove={(forMs) => {
            moderation.kick(target, forMs);
            endForm();
          }}
        />
      )}
      <p className="muted" role="status">
        {outcome.kind === 'busy' ? 'One moment…' : outcome.kind === 'done' && outcome.text}
      </p>
      {outcome.kind === 'failed' && (
        <p className="wrong" role="alert">
          {outcome.text}
        </p>
      )}

      {rules && (
        <RoomSettingsForm
          key={JSON.stringify(rules.settings)}
          settings={rules.settings}
          isBusy={isBusy}
          onSave={moderation.set}
        />
      )}

      {isPrivate && (
        <MemberForm
          users={users}
          isBusy={isBusy}
          onAdd={moderation.addMember}
          onRemove={moderation.removeMember}
        />
      )}

      <ReportList me={me} onRemove={setTarget} />

      <h3 className="panel-title">Here now</h3>
      <ul className="people">
        {members?.items.map((member) => (
          <PersonLine key={member.user.id} user={member.user} details={describeMember(member)}>
            {member.user.id === me ? (
              <span className="tag">you</span>
            ) : (
              <button type="button" onClick={() => setTarget(member.user)}>
                Remove<span className="hidden"> {member.user.name}</span>
              </button>
            )}
          </PersonLine>
        ))}
      </ul>
      {members?.next !== undefined && (
        <button type="button" disabled={isBusy} onClick={moderation.moreMembers}>
          Show more people
        </button>
      )}

      <h3 className="panel-title">Removed or muted</h3>
      {bans?.items.length === 0 && <p className="muted">No user is kept out of this room.</p>}
      <ul className="people">
        {bans?.items.map((ban) => (
          <PersonLine key={`${ban.user.id} ${ban.mute}`} user={ban.user} details={describeBan(ban)}>
            <button type="button" disabled={isBusy} onClick={() => moderation.lift(ban)}>
              {ban.mute ? 'Unmute' : 'Let back in'}
              <span className="hidden"> {ban.user.name}</span>
            </button>
          </PersonLine>
        ))}
      </ul>
      {bans?.next !== undefined && (
        <button type="button" disabled={isBusy} onClick={moderation.moreBans}>
          Show more removed users
        </button>
      )}
    </div>
  );
}

function describeMember({ devices, since }: MemberDetails): string {
  return `${devices === 1 ? '1 device' : `${devices.toLocaleString()} devices`} since ${momentOf(since)}`;
}

function describeBan({ until, by, mute }: RoomBan): string {
  return `${mute ? 'muted ' : ''}until ${momentOf(until)}, by ${by === undefined ? 'an operator' : by.name}`;
}
