import { readFileSync } from 'node:fs';
import { LIMITS, parseServerFrame } from '../../lib/protocol';
import { parseBackEndRequest } from '../../lib/protocol/parseBackEndRequest';
import { parseClientFrame } from '../../lib/protocol/parseClientFrame';

const document = readFileSync('PROTOCOL.md', 'utf8');

function examples(from: 'client' | 'server' | 'post'): string[] {
  return [...document.matchAll(/```json (client|server|post)\n(.*?)```/gs)]
    .filter(([, side]) => side === from)
    .map(([, , text]) => (text ?? '').trim());
}

it('has an example of every action and every type', () => {
  const actions = examples('client').map((frame) => JSON.parse(frame).action);
  const types = examples('server').map((frame) => JSON.parse(frame).type);

  expect(new Set(actions)).toEqual(
    new Set([
      'sendMessage',
      'editMessage',
      'deleteMessage',
      'react',
      'getReactions',
      'joinRoom',
      'leaveRoom',
      'getHistory',
      'typing',
      'signal',
      'draft',
      'getDraft',
      'ping',
      'kick',
      'unban',
      'mute',
      'setRoom',
      'addMember',
      'removeMember',
      'openDirect',
      'getBans',
      'getMembers',
      'report',
      'getQueue',
      'resolveReports',
      'decide',
      'follow',
      'unfollow',
      'getRooms',
      'read',
    ]),
  );
  expect(new Set(types)).toEqual(
    new Set([
      'ack',
      'joined',
      'history',
      'pong',
      'bans',
      'queue',
      'rooms',
      'direct',
      'roomAdded',
      'roomRemoved',
      'readMarked',
      'roomSet',
      'muted',
      'members',
      'ok',
      'error',
      'message',
      'system',
      'memberJoined',
      'memberLeft',
      'typing',
      'signal',
      'draft',
      'erased',
      'tombstone',
      'edited',
      'deleted',
      'reacted',
      'reactions',
    ]),
  );
});

it.each(examples('client'))('the server reads %s', (frame) => {
  const parsed = parseClientFrame(frame);

  expect(parsed).toMatchObject({ ok: true, message: JSON.parse(frame) });
});

it.each(examples('post'))('the server reads %s from a back end', (body) => {
  expect(parseBackEndRequest(JSON.parse(body), 'lobby')).toEqual({
    ...{ ok: true, request: { room: 'lobby', ...JSON.parse(body) } },
  });
});

it.each(examples('server'))('a client reads %s', (frame) => {
  expect(parseServerFrame(frame)).toEqual(JSON.parse(frame));
});

it('names every error code', () => {
  const codes = [...document.matchAll(/^\| `([a-zA-Z]+)` \|/gm)].map(([, code]) => code);

  expect(codes).toEqual(
    expect.arrayContaining([
      'badFrame',
      'unknownAction',
      'badField',
      'tooLarge',
      'notMember',
      'behind',
      'forbidden',
      'rateLimited',
      'tooManyRooms',
      'gone',
      'tooOld',
      'tooMany',
      'refused',
      'muted',
      'readOnly',
      'expired',
      'tooManyConnections',
      'banned',
      'unavailable',
    ]),
  );
});

it('states the limits the code keeps', () => {
  expect(document).toContain(`frame from a client | ${LIMITS.clientFrameBytes / 1024} KB`);
  expect(document).toContain(`keys in a frame | ${LIMITS.frameKeys},`);
  expect(document).toContain(`frame from the server | ${LIMITS.serverFrameBytes / 1024} KB`);
  expect(document).toContain(`1 to ${LIMITS.textCharacters.toLocaleString('en')} characters`);
  expect(document).toContain(`${LIMITS.pageEntries} entries, 32 KB`);
  expect(document).toContain(`a token | ${LIMITS.tokenCharacters.toLocaleString('en')} characters`);
  expect(document).toContain(`edits of a message | ${LIMITS.editsPerMessage}`);
  expect(document).toContain(`1 to ${LIMITS.mentions} different user ids`);
  expect(document).toContain(
    `${LIMITS.dataBytes / 1024} KB, objects and lists ${LIMITS.dataDepth} deep, ${LIMITS.dataKeys} keys`,
  );
  expect(document).toContain(`1 to ${LIMITS.reactionCharacters} characters on one line`);
  expect(document).toContain(
    `${LIMITS.reactionNames} names over its life, ${LIMITS.reactorsPerMessage.toLocaleString('en')} users; ${LIMITS.reactionsPerUser} reactions`,
  );
  expect(document).toContain(`joined rooms of a connection | ${LIMITS.roomsPerConnection}`);
});
