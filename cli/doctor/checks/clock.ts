import { type Check, passed, skipped } from '../harness/check';
import { expect } from '../harness/checkFailure';
import { header } from '../harness/request';

/** Tokens, cursors and retries tolerate this much, in seconds. */
const MAX_SKEW_S = 30;

export const clock: Check = {
  name: 'clock',
  title: 'The clocks agree',
  means:
    'The server judges tokens by its own clock: a device whose clock is wrong renews them too early or too late.',
  remedy: 'Set the clock of this machine by NTP. AWS sets its own.',
  needs: ['reach'],
  async run({ request, pageUrl }) {
    const answer = await request(pageUrl, { method: 'HEAD' });
    const serverMs = Date.parse(header(answer, 'date'));
    if (Number.isNaN(serverMs)) return skipped('The answer has no Date header.');
    // The header is cut to the second, and was written about half-way through the request.
    const skewS = Math.round((Date.now() - answer.ms / 2 - (serverMs + 500)) / 1000);
    const direction = skewS > 0 ? 'ahead of' : 'behind';
    expect(
      Math.abs(skewS) <= MAX_SKEW_S,
      `The clock of this machine is ${Math.abs(skewS)} s ${direction} the server's.`,
    );
    return passed(`${Math.abs(skewS)} s apart.`, { skewS });
  },
};
