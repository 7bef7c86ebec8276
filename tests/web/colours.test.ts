import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HUES } from '../../web/pure/people';

const ENOUGH = 4.5;

type Colours = Record<string, string>;
type Rgb = [number, number, number];

function css(name: string): string {
  return readFileSync(path.join(__dirname, '..', '..', 'web', 'styles', name), 'utf8');
}

/** The custom properties that apply in light and in dark, `--hue` as `hue-0`, `hue-1` and so on. */
function palettes(): Record<'light' | 'dark', Colours> {
  const parts = ['base.css', 'people.css'].map((name) =>
    css(name).split('@media (prefers-color-scheme: dark)'),
  );
  const light = parts.map(([before = '']) => before).join('\n');
  const dark = parts.map(([, after = '']) => after).join('\n');
  return { light: read(light), dark: { ...read(light), ...read(dark) } };
}

function read(text: string): Colours {
  const plain = [...text.matchAll(/--([a-z-]+): (#[0-9a-f]{3,6});/g)].filter(([, name]) => name !== 'hue');
  const hues = [...text.matchAll(/\.(hue-\d+) \{\s*--hue: (#[0-9a-f]{6});/g)];
  return Object.fromEntries([...plain, ...hues].map(([, name = '', value = '']) => [name, value]));
}

function rgb(hex: string): Rgb {
  const long = hex.length === 4 ? hex.replace(/[0-9a-f]/g, '$&$&') : hex;
  return [1, 3, 5].map((at) => Number.parseInt(long.slice(at, at + 2), 16)) as Rgb;
}

function mix(a: Rgb, share: number, b: Rgb): Rgb {
  return a.map((value, at) => value * share + (b[at] ?? 0) * (1 - share)) as Rgb;
}

/** The contrast of WCAG 2. */
function contrast(a: Rgb, b: Rgb): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: Rgb): number {
  const [r = 0, g = 0, b = 0] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

it('knows how contrast is measured', () => {
  expect(contrast(rgb('#000'), rgb('#fff'))).toBeCloseTo(21);
  expect(contrast(rgb('#777777'), rgb('#fff'))).toBeCloseTo(4.48, 2);
});

describe.each(Object.entries(palettes()))('in %s', (_scheme, palette) => {
  const colour = (name: string): Rgb => {
    const value = palette[name];
    if (value === undefined) throw new Error(`The styles have no colour named ${name}.`);
    return rgb(value);
  };

  it.each(Array.from({ length: HUES }, (_, at) => `hue-${at}`))(
    '%s reads well as a name and in an avatar',
    (hue) => {
      const ground = mix(colour(hue), 0.16, colour('surface'));

      expect(contrast(colour(hue), colour('surface'))).toBeGreaterThan(ENOUGH);
      expect(contrast(colour(hue), ground)).toBeGreaterThan(ENOUGH);
    },
  );

  it.each([
    ['text', 'surface'],
    ['text', 'page'],
    ['text', 'bubble'],
    ['muted', 'surface'],
    ['muted', 'page'],
    ['muted', 'bubble'],
    ['muted', 'hover'],
    ['accent-text', 'surface'],
    ['accent-text', 'accent-soft'],
    ['accent-text', 'bubble'],
    ['on-accent', 'accent'],
    ['on-own', 'own'],
    ['own-muted', 'own'],
    ['trouble', 'trouble-soft'],
    ['wrong', 'surface'],
    ['wrong', 'page'],
  ])('%s reads well on %s', (ink, ground) => {
    expect(contrast(colour(ink), colour(ground))).toBeGreaterThan(ENOUGH);
  });
});

it('draws an avatar with the mix that is tested here', () => {
  expect(css('people.css')).toContain('color-mix(in srgb, var(--hue) 16%, var(--surface))');
});
