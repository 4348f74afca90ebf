import type { Received } from '../../journal/timeline.ts';

/** Bytes of a client as a timeline holds them; null for none. */
export function received(bytes: Uint8Array): Received | null {
  if (bytes.length === 0) return null;
  try {
    return { as: 'text', data: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return { as: 'base64', data: btoa(text) };
  }
}

export function bytesOf(from: Received | null): Uint8Array {
  if (from === null) return new Uint8Array();
  return from.as === 'text' ? new TextEncoder().encode(from.data) : Uint8Array.from(atob(from.data), (char) => char.charCodeAt(0));
}
