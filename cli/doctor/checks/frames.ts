import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../../client/platform/defaults';
import { type ErrorCode, LIMITS } from '../../../lib/protocol';
import { type Check, passed } from '../harness/check';
import { expect } from '../harness/checkFailure';
import { join, ping, send } from '../harness/conversation';

/** Above what API Gateway takes as one frame. */
const TOO_LARGE_BYTES = 33 * 1024;

export const errors: Check = {
  name: 'errors',
  title: 'A wrong frame is answered with what is wrong',
  means: 'Every frame gets an answer, so that no client waits for nothing.',
  remedy:
    'Look at the log of the function `roomActions`. If there is no answer at all, the route (usually `$default`) lacks its route response.',
  needs: ['handshake'],
  async run(deployment) {
    const ann = await deployment.connect('Ann');
    const unjoined = {
      action: 'sendMessage',
      room: deployment.testRoom(),
      id: newId(),
      text: 'A check.',
      after: 0,
    };
    const wrong: [ErrorCode, string][] = [
      ['badFrame', 'not JSON'],
      ['unknownAction', '{"action":"dance"}'],
      ['badField', '{"action":"joinRoom","room":"Not A Room"}'],
      ['tooLarge', JSON.stringify({ action: 'ping', rooms: {}, ref: 'x'.repeat(LIMITS.clientFrameBytes) })],
      ['notMember', JSON.stringify(unjoined)],
    ];
    for (const [code, frame] of wrong) {
      const before = ann.received.length;
      ann.send(frame);
      const answer = await ann.until(
        `answer to a wrong frame (${code})`,
        () => ann.received.slice(before).find(({ message }) => message.type !== 'message')?.message,
      );
      const got = answer.type === 'error' ? answer.code : answer.type;
      // A stack may refuse new rooms to its guests: then the permission is checked first.
      const isDue = got === code || (code === 'notMember' && got === 'forbidden');
      expect(isDue, `A frame that is "${code}" was answered by "${got}".`);
    }
    return passed(`${wrong.map(([code]) => code).join(', ')}.`);
  },
};

export const oversize: Check = {
  name: 'oversize',
  title: 'A frame that is too large closes the connection',
  means: 'API Gateway’s limit of 32 KB holds, and the client is told by close code 1009.',
  remedy:
    'Something else than API Gateway answers at this address: look at the behaviour for the socket’s path.',
  needs: ['handshake'],
  run: (deployment) => closing(deployment, 'x'.repeat(TOO_LARGE_BYTES), 1009),
};

export const binary: Check = {
  name: 'binary',
  title: 'A binary frame closes the connection',
  means: 'The protocol is text; a client that sends bytes is told by close code 1003.',
  remedy:
    'Something else than API Gateway answers at this address: look at the behaviour for the socket’s path.',
  needs: ['handshake'],
  run: (deployment) => closing(deployment, Buffer.from([1, 2, 3]), 1003),
};

async function closing(deployment: Parameters<Check['run']>[0], data: string | Buffer, due: number) {
  const ann = await deployment.connect('Ann');
  ann.send(data);
  const { code } = await ann.closed();
  expect(code === due, `The connection closed with ${code}, not with ${due}.`);
  return passed(`Closed with ${code}.`);
}

export const idle: Check = {
  name: 'idle',
  title: 'A ping on a quiet connection is answered',
  means: 'Pings keep the connection open at CloudFront and at API Gateway, and tell a client what it missed.',
  remedy:
    'Look at the log of the function `roomActions`. If the connection closed, something between here and there cuts quiet ones: let clients ping more often (`pingEveryMs`).',
  needs: ['roundTrip'],
  async run(deployment) {
    const [ann, bo] = [await deployment.connect('Ann'), await deployment.connect('Bo')];
    const [room, elsewhere] = [deployment.testRoom(), deployment.newRoom()];
    const { head } = await join(ann, room);
    await join(bo, room);
    const { seq } = await send(ann, { room, after: head });
    await sleep(deployment.idleMs);

    const began = performance.now();
    const { behind, notJoined } = await ping(bo, { [room]: head, [elsewhere]: 0 });
    const ms = Math.round(performance.now() - began);
    expect((behind[room] ?? 0) >= seq, 'The answer does not tell that a message was missed.');
    expect(notJoined.join() === elsewhere, 'The answer does not tell which room was not joined.');
    return passed(
      deployment.idleMs > 0
        ? `Answered in ${ms} ms after ${deployment.idleMs / 1000} s without a frame.`
        : `Answered in ${ms} ms; --idle SECONDS leaves the connection quiet first.`,
      { pingMs: ms },
    );
  },
};
