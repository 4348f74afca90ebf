/** Bytes as PEM writes them (RFC 7468). */
export function pemOf(label: string, bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  const lines = btoa(text).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** The bytes of the first block of that label; null where there is none, or what it holds is no base64. */
export function bytesOfPem(label: string, text: string): Uint8Array | null {
  const begin = `-----BEGIN ${label}-----`;
  const from = text.indexOf(begin);
  const to = from === -1 ? -1 : text.indexOf(`-----END ${label}-----`, from);
  if (to === -1) return null;
  const body = text.slice(from + begin.length, to).replaceAll(/\s+/g, '');
  if (body.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(body)) return null;
  return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
}
