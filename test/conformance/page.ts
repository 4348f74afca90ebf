import type { Case } from './case.ts';

/** What one kubectl came to, by command: `passed`, `not there` (its version has no such command), or why it failed. */
export interface Column {
  readonly minor: number;
  readonly results: ReadonlyMap<string, string>;
}

/** The table of the repository: a row a command, a column a kubectl, and why what failed did. */
export function page(cases: readonly Case[], columns: readonly Column[]): string {
  const heads = columns.map(({ minor }) => `1.${minor}`);
  const reasons: string[] = [];
  const rows = cases.map(({ command }) => {
    const cells = columns.map(({ minor, results }) => {
      const result = results.get(command) ?? '';
      if (result === 'passed') return '✓';
      if (result === 'not there') return '–';
      reasons.push(`- \`${command}\`, 1.${minor}: ${result.replaceAll('`', "'")}`);
      return '✗';
    });
    return `| \`${command}\` | ${cells.join(' | ')} |`;
  });
  return `# What kubectl can do with a sandbox

Written by \`npm run conformance -- --write\`: every command was run by the real kubectl of each version against a sandbox of
the webshop, and what it printed was compared with what a real cluster makes it print. ✓ as there, ✗ not, – this version
has no such command.

| | ${heads.join(' | ')} |
|---|${columns.map(() => ':-:|').join('')}
${rows.join('\n')}

${reasons.length === 0 ? 'Nothing failed.' : `Why what failed did:\n\n${reasons.join('\n')}`}
`;
}
