/**
 * Texts put together in one piece, for what is kept by the ten thousand: of what `+` puts together V8 keeps the tree of
 * parts, many times the size of the text.
 */
export function flat(...parts: readonly string[]): string {
  return parts.join('');
}
