import { lengthOf, whyClosed } from '../../web/pure/closedRoom';

const NOW = 1_800_000_000_000;
const open = { settings: {}, mutedUntil: 0, waitUntil: 0 };

it.each([
  ['no rules', open, NOW, undefined],
  ['read-only', { ...open, settings: { readOnly: true } }, undefined, /^Only moderators/],
  ['a mute', { ...open, mutedUntil: NOW + 1 }, undefined, /^A moderator has muted you here\. .* on\.$/],
  ['a mute that is over', { ...open, mutedUntil: NOW }, undefined, undefined],
  ['slow mode, before the first message', { ...open, settings: { slow: 30 } }, undefined, undefined],
  ['slow mode', { ...open, settings: { slow: 30 } }, NOW - 10_000, /in 20 seconds\.$/],
  [
    'slow mode, right after a join',
    { ...open, settings: { slow: 30 }, waitUntil: NOW + 5_000 },
    undefined,
    /in 5 sec/,
  ],
  ['slow mode that has ended', { ...open, waitUntil: NOW + 5_000 }, undefined, undefined],
  ['slow mode, after the wait', { ...open, settings: { slow: 30 } }, NOW - 30_000, undefined],
] as const)('with %s', (_what, rules, sentAt, reason) => {
  const closed = whyClosed(rules, sentAt, NOW);

  expect(closed?.reason).toEqual(reason && expect.stringMatching(reason));
});

it('a wait is told in seconds, and a long one in minutes', () => {
  expect([1, 119_000, 120_000, 21_600_000].map(lengthOf)).toEqual([
    '1 second',
    '119 seconds',
    '2 minutes',
    '360 minutes',
  ]);
});
