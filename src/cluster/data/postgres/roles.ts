import { noRole, PgError } from './pg-error.ts';

export interface PgRole {
  name: string;
  login: boolean;
  superuser: boolean;
  createdb: boolean;
  createrole: boolean;
  replication: boolean;
  password: string | null;
  connectionLimit: number;
  readonly memberOf: Set<string>;
  /** Privileges by table. */
  readonly grants: Map<string, Set<Privilege>>;
  /** Whether it may look into the schema `public`, and come into the database. */
  usage: boolean;
  connect: boolean;
}

export const PRIVILEGES = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'] as const;
export type Privilege = (typeof PRIVILEGES)[number];

export function newRole(name: string, more: Partial<PgRole> = {}): PgRole {
  return { name, login: false, superuser: false, createdb: false, createrole: false, replication: false, password: null, connectionLimit: -1, memberOf: new Set(), grants: new Map(), usage: true, connect: true, ...more };
}

export class Roles {
  readonly all = new Map<string, PgRole>();

  get(name: string): PgRole {
    const role = this.all.get(name);
    if (role === undefined) throw noRole(name);
    return role;
  }

  add(role: PgRole): void {
    if (this.all.has(role.name)) throw new PgError('42710', `role "${role.name}" already exists`);
    this.all.set(role.name, role);
  }

  /** Whether a role may do so with a table: itself, by a role that it is a member of, or as its owner. */
  may(name: string, privilege: Privilege, table: string, owner: string): boolean {
    const role = this.all.get(name);
    if (role === undefined) return false;
    if (role.superuser || (role.grants.get(table)?.has(privilege) === true && role.usage)) return true;
    if (name === owner && !role.grants.has(table)) return true;
    return [...role.memberOf].some((other) => other !== name && this.may(other, privilege, table, owner));
  }

  grant(name: string, table: string, privileges: readonly Privilege[]): void {
    const { grants } = this.get(name);
    const had = grants.get(table) ?? new Set<Privilege>();
    grants.set(table, had);
    for (const privilege of privileges) had.add(privilege);
  }

  revoke(name: string, table: string, privileges: readonly Privilege[]): void {
    const had = this.get(name).grants.get(table);
    for (const privilege of privileges) had?.delete(privilege);
  }
}
