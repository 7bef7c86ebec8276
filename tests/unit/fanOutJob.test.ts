import { parseFanOutJob } from '../../lib/delivery/fanOutJob';

describe('a job', () => {
  it.each<[string, unknown, object]>([
    ['for everyone', { room: 'den', seq: 7 }, { room: 'den', seq: 7 }],
    ['for all but one', { room: 'den', seq: 7, except: 'abc=' }, { room: 'den', seq: 7, except: 'abc=' }],
    ['for some', { room: 'den', seq: 7, only: ['a', 'b'] }, { room: 'den', seq: 7, only: ['a', 'b'] }],
    [
      'with more than it needs',
      { room: 'den', seq: 7, only: ['a', 5], text: 'x' },
      { room: 'den', seq: 7, only: ['a'] },
    ],
  ])('%s', (_name, event, expected) => {
    expect(parseFanOutJob(JSON.parse(JSON.stringify(event)))).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'den'],
    ['a list', ['den', 7]],
    ['no room', { seq: 7 }],
    ['a bad room', { room: 'Den', seq: 7 }],
    ['no seq', { room: 'den' }],
    ['a seq as a text', { room: 'den', seq: '7' }],
    ['a test event', { key1: 'value1' }],
  ])('is not %s', (_name, event) => {
    expect(() => parseFanOutJob(event)).toThrow('A job needs a room and a seq.');
  });
});
