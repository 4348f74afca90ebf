/** An answer of the Redis protocol. */
export type Reply =
  | { readonly is: 'status'; readonly text: string }
  | { readonly is: 'error'; readonly text: string }
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'bulk'; readonly text: string | null }
  | { readonly is: 'array'; readonly items: readonly Reply[] };

export const OK: Reply = { is: 'status', text: 'OK' };
export const status = (text: string): Reply => ({ is: 'status', text });
export const error = (text: string): Reply => ({ is: 'error', text });
export const number = (value: number): Reply => ({ is: 'number', value });
export const bulk = (text: string | null): Reply => ({ is: 'bulk', text });
export const array = (items: readonly (Reply | string)[]): Reply => ({ is: 'array', items: items.map((item) => (typeof item === 'string' ? bulk(item) : item)) });

/** As redis-cli writes it where nobody reads along. */
export function rawText(reply: Reply): string {
  switch (reply.is) {
    case 'status': return reply.text;
    case 'error': return `${reply.text}\n`;
    case 'number': return String(reply.value);
    case 'bulk': return reply.text ?? '';
    case 'array': return reply.items.map(rawText).join('\n');
  }
}

/** As it writes it at a terminal. */
export function shownText(reply: Reply, indent = ''): string {
  switch (reply.is) {
    case 'status': return reply.text;
    case 'error': return `(error) ${reply.text}`;
    case 'number': return `(integer) ${reply.value}`;
    case 'bulk': return reply.text === null ? '(nil)' : /\r?\n/.test(reply.text) && reply.text.length > 60 ? reply.text : `"${reply.text.replaceAll('"', '\\"')}"`;
    case 'array': {
      if (reply.items.length === 0) return '(empty array)';
      const width = String(reply.items.length).length;
      return reply.items.map((item, nth) => `${nth === 0 ? '' : indent}${String(nth + 1).padStart(width)}) ${shownText(item, `${indent}${' '.repeat(width + 2)}`)}`).join('\n');
    }
  }
}
