/** What the server answers a statement that it does not run: severity ERROR, a code of SQLSTATE, and where in the statement. */
export class PgError extends Error {
  readonly code: string;
  /** Offset in the statement of what is complained of; null where it is of none. */
  readonly offset: number | null;
  readonly detail: string | null;
  readonly hint: string | null;

  constructor(code: string, message: string, more: { readonly offset?: number | null; readonly detail?: string; readonly hint?: string } = {}) {
    super(message);
    this.code = code;
    this.offset = more.offset ?? null;
    this.detail = more.detail ?? null;
    this.hint = more.hint ?? null;
  }
}

export const noRelation = (name: string, offset: number | null = null): PgError => new PgError('42P01', `relation "${name}" does not exist`, { offset });
export const noColumn = (name: string, offset: number | null = null): PgError => new PgError('42703', `column ${name.includes('.') ? name : `"${name}"`} does not exist`, { offset });
export const noRole = (name: string): PgError => new PgError('42704', `role "${name}" does not exist`);
export const notAllowed = (what: string): PgError => new PgError('42501', `permission denied ${what}`);
export const notOwner = (what: string): PgError => new PgError('42501', `must be owner of ${what}`);
export const unfit = (value: string, type: string): PgError => new PgError('22P02', `invalid input syntax for type ${type}: "${value}"`);
