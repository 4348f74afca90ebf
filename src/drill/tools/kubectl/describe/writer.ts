import { joinLabels, sortedEntries } from '../../../../cluster/printers/fields.ts';
import { layOut } from '../layout/tab-writer.ts';

/** Writes a description as `kubectl describe` does: lines at levels of two blanks, cells in columns. */
export class DescriptionWriter {
  readonly #lines: string[] = [];

  /** One line; cells after the first stand in columns. */
  row(level: number, ...cells: readonly string[]): void {
    this.#lines.push('  '.repeat(level) + cells.map(oneCell).join('\t'));
  }

  /** Text as it is, without columns, each of its lines at the margin. */
  verbatim(text: string): void {
    for (const line of text.split('\n')) this.#lines.push(line.replaceAll('\t', '    '));
  }

  /** `Labels:` with one label a line. */
  map(level: number, label: string, record: Readonly<Record<string, string>> | undefined, joiner = '='): void {
    const entries = sortedEntries(record).filter(([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration');
    if (entries.length === 0) this.row(level, `${label}:`, '<none>');
    for (const [at, [key, value]] of entries.entries()) {
      const text = `${key}${joiner}${value}`;
      this.row(at === 0 ? level : 0, at === 0 ? `${label}:` : '', text.length > 140 ? `${text.slice(0, 137)}...` : text);
    }
  }

  /** `Selector: a=b,c=d` on one line. */
  joined(label: string, record: Readonly<Record<string, string>> | undefined): void {
    this.row(0, `${label}:`, joinLabels(record));
  }

  lines(): string[] {
    return layOut(this.#lines.join('\n'), { minimum: 0, padding: 2 });
  }
}

function oneCell(cell: string): string {
  return cell.replaceAll('\t', ' ').replaceAll('\n', String.raw`\n`);
}
