import type { Relation, Value } from './values.ts';

/** What a statement finds around itself: who runs it, where, when, and what the server holds. */
export interface Surround {
  readonly user: string;
  readonly superuser: boolean;
  readonly database: string;
  readonly pid: number;
  readonly unixMs: number;
  readonly version: string;
  /** A table or view by its name; undefined where there is none. Throws where the user may not read it. */
  relation(schema: string | undefined, name: string): Relation | undefined;
  /** Name of a table or index by its oid or name. */
  relationName(value: Value): Value;
  setting(name: string): string | undefined;
  blockers(pid: number): readonly number[];
  /** Ends a session, or what it does now. False where there is none of that number. */
  terminate(pid: number): boolean;
  cancel(pid: number): boolean;
  reload(): void;
  /** How far it is behind the server that it follows, in ms; null where it follows none. */
  readonly behindMs: number | null;
  promote(): void;
  /** Bytes of a table with or without its indexes; of the database where it is null. Undefined where there is no such table. */
  bytes(name: string | null, withIndexes: boolean): number | undefined;
  dropSlot(name: string): boolean;
  warn(message: string): void;
  rest(ms: number): void;
}
