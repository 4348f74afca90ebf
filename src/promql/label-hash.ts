import type { Labels } from './labels.ts';

/** A number from 0 up to 1 that depends on nothing but the labels. FNV-1a, mixed once more as in MurmurHash3's end. */
export function hashShare(labels: Labels): number {
  let known = shares.get(labels);
  if (known === undefined) {
    let hash = 0x811c9dc5;
    for (let at = 0; at < labels.key.length; at++) hash = Math.imul(hash ^ labels.key.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    known = ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
    shares.set(labels, known);
  }
  return known;
}

const shares = new WeakMap<Labels, number>();
