import type { Die } from '../time/dice.ts';

/** Kubernetes' alphabet for random names: no vowels, no digits that look like letters, so that no words come out. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Random characters as in the names of generated objects. */
export function randomSuffix(die: Die, length = 5): string {
  let suffix = '';
  for (let at = 0; at < length; at++) suffix += ALPHABET.charAt(die.roll(ALPHABET.length));
  return suffix;
}

/** A number as Kubernetes writes hashes into names: its decimal digits in the alphabet above. */
export function safeEncode(hash: number): string {
  let encoded = '';
  for (const digit of String(hash)) encoded += ALPHABET.charAt(digit.charCodeAt(0) % ALPHABET.length);
  return encoded;
}

/** Five characters that look as random ones do and are the same for the same text (FNV-1a): no die rolls for them. */
export function nameSuffix(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  let suffix = '';
  for (let left = hash >>> 0; suffix.length < 5; left = Math.floor(left / ALPHABET.length)) suffix += ALPHABET.charAt(left % ALPHABET.length);
  return suffix;
}
