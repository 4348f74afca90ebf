import { z } from 'zod';
import { parseDurationMs } from '../../time/sim-time.ts';

/** The small values that scenario files are made of, as an author writes them, and how each is read. */

const LENGTH = '\\d+(?:\\.\\d+)?(?:ms|s|m|h|d)';

export const duration = z
  .string({ error: 'must be a duration such as `90s`, `5m` or `1h30m`' })
  .regex(new RegExp(`^(?:${LENGTH})+$`), 'is no duration: write one such as `30ms`, `90s`, `5m` or `1h30m`')
  .meta({ description: 'A duration such as `30ms`, `90s`, `5m` or `1h30m`.' });

/** A time before or after the drill's start: `-3h`, `10m`. */
export const moment = z
  .string({ error: 'must be a time relative to the start, such as `-3h` or `10m`' })
  .regex(new RegExp(`^-?(?:${LENGTH})+$`), 'is no time relative to the start: write one such as `-3h` or `10m`')
  .meta({ description: 'A time relative to the drill\'s start: `-3h` is three hours before it.' });

const NO_SHARE = 'must be a share: from 0 to 1, or written with a %, such as `99.5%`';

export const share = z
  .union([z.number().min(0, NO_SHARE).max(1, NO_SHARE), z.string().regex(/^(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/, 'is no share: write one such as `95%` or 0.95')], { error: 'must be a share such as `95%` or 0.95' })
  .meta({ description: 'A share of one: `95%` or 0.95.' });

export const word = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'is no name: use letters, digits, - and _, beginning with a letter')
  .meta({ description: 'A name of letters, digits, - and _.' });

export const line = z
  .string()
  .min(1, 'may not be empty')
  .max(2_000, 'is longer than 2000 characters');

/** A CEL expression. Whether it means something is a rule's affair. */
export const expression = line.meta({ description: 'A CEL expression such as `slo.burn > 6.0` or `said(\'update\')`.' });

/** Milliseconds of a text that the shape has already found to be a duration. */
export function durationMs(text: string): number {
  return parseDurationMs(text) ?? 0;
}

/** 0 to 1 of a share. */
export function shareOf(written: number | string): number {
  return typeof written === 'number' ? written : Number(written.slice(0, -1)) / 100;
}
