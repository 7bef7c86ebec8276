import { PassThrough } from 'node:stream';
import WebSocket from 'ws';
import { runTerminalChat } from '../../cli/chat/terminalChat';
import { createChat, webSocketFrom } from '../../client';
import { signInGuest } from '../../client/guests';
import { FILES_AND_RIGHTS, sharedStack } from '../local/sharedStack';
import { reviewerFile } from '../support/reviewerFile';
import { watchScreen } from './screen';

jest.setTimeout(60_000);

const reviewer = reviewerFile("export const handler = async () => ({ verdict: 'hold' });");

describe('the terminal of a moderator', () => {
  const stack = sharedStack({ params: FILES_AND_RIGHTS, reviewer });

  it('lists held messages by number, and allows or denies them', async () => {
    const { token } = await signInGuest(`${stack.url}/api/token`, 'Mo');
    const chat = createChat({ url: stack.socketUrl, token: () => token, open: webSocketFrom(WebSocket) });
    chat.connect();
    const input = new PassThrough();
    const output = Object.assign(new PassThrough(), { columns: 60, hasColors: () => false });
    const { sees } = watchScreen('Mo', output);
    const files = { url: new URL(stack.url), token: () => token, patienceMs: 30_000 };
    const ended = runTerminalChat(chat, { rooms: ['guarded'], history: 20, files }, { input, output });
    await sees('You are in guarded');

    for (const text of ['offer one', 'offer two']) {
      input.write(`${text}\r`);
      await sees(`Not sent: ${text}\n  A moderator of this room has to allow this message`);
    }
    input.write('/allow 1\r');
    await sees('There is no held message 1. /queue numbers them.');
    input.write('/queue\r');
    await sees('held 1  Mo: offer one\nheld 2  Mo: offer two');
    input.write('/allow 1\r');
    await sees('Mo: offer one\n');
    await sees('The held message 1 is shown.');
    input.write('/deny 2 Not here\r');
    await sees('The held message 2 is denied.');
    input.write('/queue\r');
    await sees('No message of this room waits or is reported.');

    input.write('\u0003');
    await ended;
    chat.close();
  });
});
