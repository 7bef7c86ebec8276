import { createServer } from 'node:http';
import type { Target } from '../../cli/doctor/target';
import { listen } from '../../local/util/listen';
import { targetOf } from './kit';

/** A web server that knows nothing of chats, and agrees to any handshake without having read it. */
export async function startStranger(): Promise<{ target: Target; stop(): Promise<void> }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
  });
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
        '\r\n',
      ].join('\r\n'),
    );
  });
  const { port, stop } = await listen(server);
  return { target: targetOf(`ws://127.0.0.1:${port}/ws`), stop };
}
