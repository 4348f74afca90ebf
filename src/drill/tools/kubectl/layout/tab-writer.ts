/**
 * Lays out cells parted by tabs in columns, as Go's text/tabwriter does: a column is a block of neighbouring lines
 * that have a further cell behind it, each as wide as its widest cell and `padding`, at least `minimum`.
 * The last cell of a line belongs to no column. Trailing blanks are left out.
 */
export function layOut(text: string, { minimum, padding }: { readonly minimum: number; readonly padding: number }): string[] {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const out: string[] = [];
  const widths: number[] = [];
  format(0, lines.length);
  return out;

  function format(from: number, to: number): void {
    const column = widths.length;
    let printed = from;
    let at = from;
    while (at < to) {
      if (!hasColumn(at, column)) {
        at++;
        continue;
      }
      print(printed, at);
      printed = at;
      let width = minimum;
      while (at < to && hasColumn(at, column)) {
        width = Math.max(width, widthOf(lines[at]?.[column] as string) + padding);
        at++;
      }
      widths.push(width);
      format(printed, at);
      widths.pop();
      printed = at;
    }
    print(printed, to);
  }

  function hasColumn(line: number, column: number): boolean {
    return column < (lines[line] as string[]).length - 1;
  }

  function print(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const cells = lines[at] as string[];
      out.push(cells.map((cell, column) => (column < widths.length && column < cells.length - 1 ? cell + ' '.repeat(Math.max(0, (widths[column] as number) - widthOf(cell))) : cell)).join('').trimEnd());
    }
  }
}

/** Characters, not code units, as Go counts them. */
function widthOf(cell: string): number {
  return Array.from(cell).length;
}

/** A table as `kubectl get` prints it: three blanks between columns. No row, no lines. */
export function table(head: readonly string[] | null, rows: readonly (readonly string[])[]): string[] {
  const lines = head === null ? rows : [head, ...rows];
  return lines.length === 0 ? [] : layOut(lines.map((cells) => cells.map(oneLine).join('\t')).join('\n'), { minimum: 6, padding: 3 });
}

function oneLine(cell: string): string {
  return cell.replaceAll('\t', ' ').replaceAll('\r', '').replaceAll(/\n(?=.)/gs, String.raw`\n`).replaceAll('\n', '');
}
