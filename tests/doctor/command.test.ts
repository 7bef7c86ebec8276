import { execFileSync } from 'node:child_process';
import { CHECKS } from '../../cli/doctor/checks';
import { socketUrlOf } from '../../cli/doctor/doctorCommand';
import { describeResult } from '../../cli/doctor/report';
import { createStyle } from '../../cli/terminal/style';
import { chat } from '../cli/run';
import { type Patient, startPatient } from './kit';
import { startStranger } from './stranger';

jest.setTimeout(120_000);

describe('edge-chat doctor', () => {
  let patient: Patient;

  beforeAll(async () => {
    patient = await startPatient();
  });
  afterAll(() => patient.stop());

  it('ends with 0 and a line for each check when nothing failed', async () => {
    const { code, out, err } = await chat(['doctor', patient.stack.url, '--samples', '3']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^✓ The address answers\. .*\n {2}There is a server/);
    expect(out).toMatch(/^– Nothing reaches the APIs past CloudFront\. Give the APIs’ own addresses: --api/m);
    expect(out.split('\n').at(-2)).toBe(`${CHECKS.length - 1} passed, 0 failed, 1 skipped.`);
    expect(out).not.toContain('\u001b');
  });

  it('gives one JSON object, and ends with 1 when a check failed', async () => {
    patient.faults.post = async () => ({ status: 200 });

    const { code, out } = await chat([
      'doctor',
      patient.stack.socketUrl,
      '--samples',
      '2',
      '--timeout',
      '2',
      '--json',
    ]);
    patient.repair();

    const { ok, url, checks } = JSON.parse(out);
    expect({ code, ok, url }).toEqual({ code: 1, ok: false, url: patient.stack.socketUrl });
    expect(checks.filter(({ outcome }: { outcome: string }) => outcome === 'failed')).toMatchObject([
      { name: 'fanOut', detail: expect.any(String), means: expect.any(String), remedy: expect.any(String) },
    ]);
  });

  it('ends with 2 when the address cannot be reached', async () => {
    const { target, stop } = await startStranger();
    await stop();

    const { code, out } = await chat(['doctor', target.socketUrl.href]);

    expect(code).toBe(2);
    expect(out).toMatch(/^✗ The address answers\. 127\.0\.0\.1:\d+ gave no answer: ECONNREFUSED\./);
    expect(out).toMatch(/What to do: Look at the address/);
  });

  it('is one command of several', async () => {
    const help = await chat(['doctor', '--help']);
    expect(help).toMatchObject({ code: 0, out: expect.stringMatching(/Exit codes: 0 .* 1 .* 2 /s) });
    // A clone of the repository runs it from its source.
    const args = ['cli/edge-chat.mjs', 'doctor', '--help'];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe(help.out);
    expect(await chat([])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/doctor \[options\] <url>/),
    });
    expect(await chat(['dance'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^Unknown command 'dance'\. --help lists the options\.\n$/),
    });
  });

  it('sends lines to a socket’s address', async () => {
    const sent = await chat(['send', patient.stack.socketUrl, '--room', 'pipes'], 'hello\n');

    expect(sent).toEqual({ code: 0, out: '', err: '' });
  });
});

it.each([
  ['no address', [], /Missing required argument 'url'/],
  ['two addresses', ['wss://a.example', 'wss://b.example'], /Too many arguments/],
  ['an address that is none', ['d111111abcdef8.cloudfront.net'], /It must be an address such as wss:/],
  ['a token in the address', ['wss://a.example/ws?token=x'], /without a query/],
  ['an API that is none', ['wss://a.example', '--api', 'x'], /--api .* It must be/],
  ['an origin that is none', ['wss://a.example', '--origin', 'x'], /--origin .* It must be/],
  ['no samples', ['wss://a.example', '--samples', '0'], /--samples .* from 1 to 1000/],
  ['too long a silence', ['wss://a.example', '--idle', '541'], /--idle .* from 0 to 540/],
  ['a room that is none', ['wss://a.example', '--room', 'A B'], /--room .* A room must be/],
  ['an unknown option', ['wss://a.example', '--nope'], /^Unknown option '--nope'\./],
])('says in one line what is wrong with %s', async (_name, args, line) => {
  const { code, out, err } = await chat(['doctor', ...args]);

  expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(line) });
  expect(err).toMatch(/^.+\n$/);
});

it.each([
  ['https://a.example/ws', 'wss://a.example/ws'],
  ['https://a.example', 'wss://a.example/ws'],
  ['http://127.0.0.1:8080/', 'ws://127.0.0.1:8080/ws'],
])('finds the socket of %s', (given, socket) => {
  expect(socketUrlOf(new URL(given)).href).toBe(socket);
});

it('shows nothing of a server’s text that a terminal would obey', () => {
  const shown = describeResult(
    { name: 'x', title: 'X', means: 'M.', outcome: 'failed', detail: 'a\u001b]0;b', remedy: 'Do.', ms: 1 },
    createStyle(false),
  );

  expect(shown).toBe('✗ X. a␛]0;b\n  M.\n  What to do: Do.');
});
