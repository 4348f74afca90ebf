/**
 * Text that is meant for people's eyes alone (cells of tables, refusals) without what would command their terminals
 * (CVE-2021-25743): control characters are shown as kubectl since 1.26 shows escapes, `^[`. Lines and tabs stay. Bytes
 * that programs read, such as objects, logs and what commands say, are never touched.
 */
export function harmless(text: string): string {
  return UNSAFE.test(text) ? text.replace(new RegExp(UNSAFE, 'g'), shown) : text;
}

// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** `^[` for those that a keyboard has with Ctrl, `\u009b` for the others. */
function shown(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x20 || code === 0x7f ? `^${String.fromCharCode(code ^ 0x40)}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
