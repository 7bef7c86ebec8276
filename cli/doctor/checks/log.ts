import { newId } from '../../../client/platform/defaults';
import { type Check, passed } from '../harness/check';
import { expect } from '../harness/checkFailure';
import { catchUp, compare, join, history as readHistory, send, sendMany } from '../harness/conversation';

export const history: Check = {
  name: 'history',
  title: 'The history is whole',
  means: 'Every page shows what was acknowledged: each message once, under its number, oldest first.',
  remedy:
    'Look at the log of the function `roomActions`, and at what was last changed in the table Messages.',
  needs: ['roundTrip'],
  async run(deployment) {
    const ann = await deployment.connect('Ann');
    const room = deployment.testRoom();
    const { head } = await join(ann, room);
    const acks = await sendMany(ann, room, 5, head);

    const newest = await readHistory(ann, room, { limit: 2 });
    const older = await readHistory(ann, room, { before: acks[3]?.seq ?? 0, limit: 3 });
    const all = await readHistory(ann, room, { after: head });

    compare('The newest page', newest.messages, acks.slice(3));
    compare('The page before it', older.messages, acks.slice(0, 3));
    compare('The page from the beginning', all.messages, acks);
    expect(
      newest.more && older.more === head > 0 && !all.more,
      'The pages are wrong about whether there is more.',
    );
    return passed('Three pages agree with what was acknowledged.');
  },
};

export const resume: Check = {
  name: 'resume',
  title: 'A client that was cut off misses nothing',
  means: 'After a lost connection, a client gets everything it missed: in order, nothing twice.',
  remedy:
    'Look at the log of the function `roomActions`: joinRoom with `after` must bring every entry above it.',
  needs: ['roundTrip'],
  async run(deployment) {
    const [ann, bo] = [await deployment.connect('Ann'), await deployment.connect('Bo')];
    const room = deployment.testRoom();
    const { head } = await join(ann, room);
    await join(bo, room);
    const before = await send(ann, { room, after: head });
    bo.cut();
    await bo.closed();
    const missed = await sendMany(ann, room, 5, before.seq);

    const again = await deployment.connect('Bo');
    compare('What came after the cut', await catchUp(again, room, before.seq), missed);
    return passed(`${missed.length} messages sent meanwhile came in order, once.`);
  },
};

export const repeat: Check = {
  name: 'repeat',
  title: 'A repeated send is written once',
  means: 'A client without an answer sends again. The same id is the same message: same number, first text.',
  remedy:
    'Take the deployment out of use until this holds, and look at lib/log/appendEntry.ts and at what else writes to the table Messages.',
  needs: ['roundTrip'],
  async run(deployment) {
    const ann = await deployment.connect('Ann');
    const room = deployment.testRoom();
    const { head } = await join(ann, room);
    const frame = { room, after: head, id: newId(), text: 'The first text.' };
    const first = await send(ann, frame);
    const second = await send(ann, frame);
    const third = await send(ann, { ...frame, text: 'Another text.' });
    const { messages } = await readHistory(ann, room, { after: head });

    expect(
      second.seq === first.seq && second.duplicate === true,
      `The repeat of seq ${first.seq} was acknowledged as ${second.duplicate ? 'duplicate' : 'new'} at seq ${second.seq}.`,
    );
    expect(
      third.seq === first.seq && third.entry?.type === 'message' && third.entry.text === frame.text,
      'A repeat with another text did not get the first text.',
    );
    compare('The room after two repeats', messages, [first]);
    return passed('Acknowledged as a duplicate under the same number; the first text stays.');
  },
};
