import { isOn, optional, required } from '../../lib/util/environment';

describe('an environment variable', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['a value', 'value', 'value'],
    ['a value with white space around it', ' value\n', 'value'],
    ['an empty one', '', undefined],
    ['a blank one', ' \t', undefined],
    ['none', undefined, undefined],
  ])('%s', (_name, given, expected) => {
    const env = { NAME: given };

    expect(optional(env, 'NAME')).toBe(expected);
    if (expected) expect(required(env, 'NAME')).toBe(expected);
    else
      expect(() => required(env, 'NAME')).toThrow(
        'NAME is not set; serverless.yml must pass it to this function.',
      );
  });

  it.each([
    ['on', true],
    ['off', false],
  ])('a switch is %s', (given, expected) => {
    expect(isOn({ GUESTS: given }, 'GUESTS')).toBe(expected);
  });

  it.each(['On', 'true', '1', 'on,off'])('a switch is never %s', (given) => {
    expect(() => isOn({ GUESTS: given }, 'GUESTS')).toThrow('GUESTS must be "on" or "off".');
  });
});
