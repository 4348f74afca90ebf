/** The paths of fields that a JSON text sets more than once, such as `spec.replicas`. The text is known to be valid JSON. */
export function duplicateFields(text: string): readonly string[] {
  const duplicates: string[] = [];
  const open: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const top = open.at(-1);
    switch (text.charAt(at)) {
      case '{':
        open.push({ above: top, keys: new Set(), key: '', atKey: true, index: 0 });
        break;
      case '[':
        open.push({ above: top, keys: null, key: '', atKey: false, index: 0 });
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        if (top === undefined) break;
        top.atKey = top.keys !== null;
        top.index++;
        break;
      case '"': {
        const from = at;
        let isPlain = true;
        for (at++; text[at] !== '"'; at++) {
          if (text[at] !== '\\') continue;
          isPlain = false;
          at++;
        }
        if (top?.atKey !== true) break;
        top.key = isPlain ? text.slice(from + 1, at) : (JSON.parse(text.slice(from, at + 1)) as string);
        top.atKey = false;
        if (top.keys?.has(top.key) === true) duplicates.push(pathWithin(top));
        top.keys?.add(top.key);
        break;
      }
      default:
    }
  }
  return duplicates;
}

/** An object or (without keys) a list that is being walked. */
interface Level {
  /** What it is in; undefined for the whole. */
  readonly above: Level | undefined;
  readonly keys: Set<string> | null;
  key: string;
  atKey: boolean;
  index: number;
}

function pathWithin(level: Level | undefined): string {
  if (level === undefined) return '';
  const path = pathWithin(level.above);
  if (level.keys === null) return `${path}[${level.index}]`;
  return path === '' ? level.key : `${path}.${level.key}`;
}
