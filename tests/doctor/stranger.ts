import { createServer } from 'node:http';
import type { Target } from '../../cli/doctor/harness/deployment';
import { listen } from '../../local/util/listen';
import { targetOf } from './kit';

/**
 * A web server without a chat. Its clock is an hour ahead, every origin may read it, it repeats one error for every
 * path under /api/, and it accepts any handshake.
 */
export async function startStranger(): Promise<{ target: Target; stop(): Promise<void> }> {
  const server = createServer(({ url = '' }, response) => {
    response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString());
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('apigw-requestid', 'one');
    response
      .writeHead(url.startsWith('/api/doctor-') ? 404 : 200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Welcome</title>');
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
