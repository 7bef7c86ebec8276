import { type Check, passed, skipped } from '../harness/check';
import { Refusal } from '../harness/checkFailure';
import { join, send } from '../harness/conversation';

export const room: Check = {
  name: 'room',
  title: 'There is a room to write in',
  means: 'The checks of messages need a room in which the user may read and write.',
  remedy:
    'Look at the log of the functions `sendMessage` and `roomActions`, and at the tables Members and Messages.',
  needs: ['handshake'],
  async run(deployment) {
    const ann = await deployment.connect('Ann');
    const name = deployment.testRoom();
    try {
      const { head } = await join(ann, name);
      await send(ann, { room: name, after: head });
    } catch (error) {
      // What the permissions of the stack forbid is no fault of it.
      if (error instanceof Refusal && error.code === 'forbidden')
        return skipped(
          `${error.message} Name a room in which this user may write with --room, or give a token with more permissions in EDGE_CHAT_TOKEN.`,
        );
      throw error;
    }
    return passed(deployment.room === undefined ? 'A new room.' : `The room ${deployment.room}.`);
  },
};
