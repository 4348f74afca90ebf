import type { DeclaredImage } from '../../cluster/spec.ts';
import { durationMs } from '../shape/atoms.ts';
import type { AuthoredImages } from '../shape/images-shape.ts';

/** The further images of a cluster out of what its author wrote. */
export function buildImages(authored: AuthoredImages): Record<string, DeclaredImage> {
  return Object.fromEntries(
    Object.entries(authored).map(([name, { like, tags, private: isPrivate, rateLimited, exits, log, operator }]) => [
      name,
      { like: like ?? null, tags, private: isPrivate, rateLimited, exits: exits === undefined ? null : { afterMs: durationMs(exits.after), code: exits.code }, log, ...(operator === undefined ? {} : { operator }) },
    ]),
  );
}
