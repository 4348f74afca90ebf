import { PromqlError } from '../promql-error.ts';
import type { InstantMs } from '../series.ts';
import { Summation } from '../summation.ts';
import { ofFloats } from './over-time.ts';
import type { Frame } from './range-functions.ts';

/** `deriv`: the slope of the straight line through all samples, by the second. */
export function derivative(frame: Frame): number | null {
  return ofFloats(frame, () => lineThrough(frame, frame.window.times[0] as number).slope, 2);
}

/** `predict_linear`: where that line will be in so many seconds. */
export function predicted(frame: Frame): number | null {
  return ofFloats(frame, () => {
    const { slope, intercept } = lineThrough(frame, frame.atMs);
    return slope * (frame.params[0] as number) + intercept;
  }, 2);
}

/** The line of least squares; its intercept is its value at `zeroMs`. */
function lineThrough({ window: { times, floats } }: Frame, zeroMs: InstantMs): { readonly slope: number; readonly intercept: number } {
  const [first] = floats as [number];
  if (floats.every((value) => value === first)) return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: Number.NaN, intercept: Number.NaN };
  const [x, y, xy, xx] = [new Summation(), new Summation(), new Summation(), new Summation()];
  floats.forEach((value, at) => {
    const seconds = ((times[at] as number) - zeroMs) / 1000;
    x.add(seconds);
    y.add(value);
    xy.add(seconds * value);
    xx.add(seconds * seconds);
  });
  const count = floats.length;
  const slope = (xy.value - (x.value * y.value) / count) / (xx.value - (x.value * x.value) / count);
  return { slope, intercept: y.value / count - (slope * x.value) / count };
}

/** `double_exponential_smoothing`: Holt's linear smoothing, with factors for level and trend. */
export function smoothedTwice(frame: Frame): number | null {
  const [level, trend] = frame.params as [number, number];
  if (level <= 0 || level >= 1) throw new PromqlError(`invalid smoothing factor. Expected: 0 < sf < 1, got: ${level.toFixed(6)}`);
  if (trend <= 0 || trend >= 1) throw new PromqlError(`invalid trend factor. Expected: 0 < tf < 1, got: ${trend.toFixed(6)}`);
  return ofFloats(frame, (floats) => {
    let before = 0;
    let now = floats[0] as number;
    let slope = (floats[1] as number) - now;
    for (let at = 1; at < floats.length; at++) {
      if (at > 1) slope = trend * (now - before) + (1 - trend) * slope;
      const next = level * (floats[at] as number) + (1 - level) * (now + slope);
      before = now;
      now = next;
    }
    return now;
  }, 2);
}
