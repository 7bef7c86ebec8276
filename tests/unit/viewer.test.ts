import { viewerOf } from '../../lib/telemetry/viewer';

const address = (value: string) => viewerOf({ 'CloudFront-Viewer-Address': [value] }).address;
const origin = (value: string) => viewerOf({ origin: value }).origin;

it.each([
  ['192.0.2.1:443', '192.0.2.1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['2001:db8::1:443', '2001:db8::1'],
])('the address in %s is %s', (value, expected) => {
  expect(address(value)).toBe(expected);
});

it.each([
  '',
  'localhost:443',
  '192.0.2.1\n{"level":"error"}:443',
  '[fe80::1%\u001b[2J]:443',
  `${'1'.repeat(70_000)}:443`,
])('no address is read from %j', (value) => {
  expect(address(value)).toBeUndefined();
});

it.each(['https://chat.example', 'null', 'capacitor://localhost'])('the origin is %s', (value) => {
  expect(origin(value)).toBe(value);
});

it.each([
  '',
  'https://a.example\r\nx',
  'https://a.example\u001b[2J',
  'https://a.example\u202e',
  'https://a.example/ secret text',
  `https://${'a'.repeat(200)}.example`,
])('no origin is read from %j', (value) => {
  expect(origin(value)).toBeUndefined();
});

it('a header that came twice says nothing', () => {
  expect(viewerOf({ origin: ['https://a.example', 'https://b.example'] })).toEqual({});
});
