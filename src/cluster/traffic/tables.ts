import type { Step } from '../spec.ts';

/** The table that a statement works on: as its description says, else that of its lock, else one named after its program. */
export function tableOf({ table, lock }: Extract<Step, { do: 'query' }>, repository: string): string {
  if (table !== undefined) return table;
  if (lock !== null) return identifier(lock);
  const program = identifier(repository.slice(repository.lastIndexOf('/') + 1).replace(/[-_](?:service|svc|api|server|worker)$/, ''));
  return Object.hasOwn(TABLES, program) ? (TABLES[program] as string) : plural(program);
}

/** What programs of these names keep. */
const TABLES: Readonly<Record<string, string>> = {
  storefront: 'pages', frontend: 'pages', web: 'pages', catalog: 'products', productcatalog: 'products', inventory: 'stock', checkout: 'orders', billing: 'invoices', auth: 'accounts', identity: 'accounts', shipping: 'shipments', fulfilment: 'shipments',
};

function identifier(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}

function plural(name: string): string {
  return /(?:s|x|ch|sh)$/.test(name) ? (name.endsWith('ss') || !name.endsWith('s') ? `${name}es` : name) : /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}
