/**
 * Text that a terminal shows and does not obey: control characters become their pictures (`␛` for ESC), marks that
 * turn the reading direction or hide are replaced, tabs become blanks, and more than three combining marks in a row
 * are cut. A newline is a control character here: split into lines first.
 */
export function plainText(text: string): string {
  if (ORDINARY.test(text)) return text;
  return text
    .replaceAll('\t', '    ')
    .replace(C0, (char) => String.fromCharCode(0x2400 + char.charCodeAt(0)))
    .replaceAll('\u007f', '\u2421')
    .replace(HIDDEN, '\ufffd')
    .replace(FLOOD, '$1');
}

const ORDINARY = /^[\u0020-\u007e]*$/;
// oxlint-disable-next-line no-control-regex
const C0 = /[\u0000-\u001f]/g;
const HIDDEN = /[\u0080-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/gu;
// Ranges in full, not \p{M}: what that means changes with the engine's Unicode version.
const MARK = String.raw`[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]`;
const FLOOD = new RegExp(`(${MARK}{3})${MARK}+`, 'g');
