/** A value that was sampled at a time, in minutes. */
export interface Sample {
  at: number;
  value: number;
}

/** The trend of a series over time. */
export interface Trend {
  first: number;
  last: number;
  /** Growth an hour, by the line that fits the samples best. */
  perHour: number;
  /** The slope as a multiple of its own uncertainty. */
  certainty: number;
}

/** Early samples that are left out, as a part of all: caches fill and code is compiled. */
const WARM_UP = 0.25;
/** A slope below this multiple of its uncertainty is noise. */
const CERTAIN = 3;

/** Fits a line by least squares. */
export function trendOf(samples: readonly Sample[]): Trend {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP));
  const count = warm.length;
  const mean = (of: (sample: Sample) => number) => warm.reduce((sum, sample) => sum + of(sample), 0) / count;
  const [meanAt, meanValue] = [mean(({ at }) => at), mean(({ value }) => value)];
  const spread = warm.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  const slope =
    warm.reduce((sum, { at, value }) => sum + (at - meanAt) * (value - meanValue), 0) / (spread || 1);
  const left = warm.reduce((sum, { at, value }) => sum + (value - meanValue - slope * (at - meanAt)) ** 2, 0);
  const error = Math.sqrt(left / Math.max(1, count - 2) / (spread || 1));
  return {
    first: warm[0]?.value ?? 0,
    last: warm.at(-1)?.value ?? 0,
    perHour: slope * 60,
    certainty: slope === 0 ? 0 : Math.abs(slope) / (error || Number.MIN_VALUE),
  };
}

/** Whether a series grows with certainty, and by more an hour than `tolerated`. */
export function isGrowing({ perHour, certainty }: Trend, tolerated: number): boolean {
  return certainty >= CERTAIN && perHour > tolerated;
}
