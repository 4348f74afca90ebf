import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PgError } from '../../../src/cluster/data/postgres/pg-error.ts';
import { Lasts, PgSession } from '../../../src/cluster/data/postgres/session.ts';
import { LabServer } from './a-lab-server.ts';

const calm = new LabServer();

describe('what people ask', () => {
  test.each([
    ['select 1', '1'],
    ["select 'a' || 'b', 7 / 2, 7.0 / 2, null is null", 'ab|3|3.5|t'],
    ['select count(*) from pg_stat_user_tables', '5'],
    ["select relname from pg_stat_user_tables where relname like 'p%' order by 1 desc", 'products\npages'],
    ["select string_agg(relname, ',' order by relname) from pg_stat_user_tables where relname in ('carts', 'orders')", 'carts,orders'],
    ['select usename, count(*) from pg_stat_activity where usename is not null group by usename having count(*) > 1', 'shop|112'],
    ['select count(*) filter (where state is null), max(pid) > 0 from pg_stat_activity', '6|t'],
    ["select case when 1 = 2 then 'x' else 'y' end, coalesce(null, 4), greatest(1, 3)", 'y|4|3'],
    ["select t.relname, i.indexrelname from pg_stat_user_tables t join pg_stat_user_indexes i using (relid) where t.relname = 'stock' order by 2", 'stock|stock_pkey\nstock|stock_sku_idx'],
    ["select (now() - interval '90 minutes') < now(), extract(epoch from interval '1 day')", 't|86400'],
    ['with a as (select 1 as n union all select 2) select sum(n) from a', '3'],
    ["select indexdef from pg_indexes where indexname = 'stock_sku_idx'", 'CREATE INDEX stock_sku_idx ON public.stock USING btree (sku)'],
    ["select pg_size_pretty(10240::bigint), pg_size_pretty(123456789::bigint), round(2.345, 2)", '10 kB|118 MB|2.35'],
    ["select c.relname from pg_class c where c.relkind = 'r' and exists (select 1 from pg_index x where x.indrelid = c.oid and not x.indisvalid)", ''],
    ["select column_name from information_schema.columns where table_name = 'stock' and data_type = 'integer'", 'quantity\nreserved'],
    ['show max_connections', '120'],
    ["select name, setting, unit from pg_settings where name in ('lock_timeout', 'checkpoint_timeout', 'work_mem') order by 1", 'checkpoint_timeout|300|s\nlock_timeout|30000|ms\nwork_mem|4096|kB'],
    ['select generate_series(1, 0)', 'ERROR:  function generate_series(integer, integer) does not exist\nLINE 1: select generate_series(1, 0)\n               ^\nHINT:  No function matches the given name and argument types. You might need to add explicit type casts.'],
  ])('%s', (statement, answer) => {
    expect(calm.sql(statement)).toBe(answer);
  });
});

test.each([
  ['selec 1', 'syntax error at or near "selec"'],
  ['select * from ordrs', 'relation "ordrs" does not exist'],
  ['select total from orders', 'column "total" does not exist'],
  ['select o.x from orders o', 'column o.x does not exist'],
  ['select x.id from orders', 'missing FROM-clause entry for table "x"'],
  ['select relname from pg_stat_user_tables a, pg_stat_user_indexes b', 'column reference "relname" is ambiguous'],
  ['select state, count(*) from pg_stat_activity', 'column "state" must appear in the GROUP BY clause or be used in an aggregate function'],
  ['select 1 / 0', 'division by zero'],
  ["select 'x'::int", 'invalid input syntax for type integer: "x"'],
  ['select foo(1)', 'function foo(integer) does not exist'],
  ['grant select on orders to nobody', 'role "nobody" does not exist'],
  ['create role shop', 'role "shop" already exists'],
  ['drop role shop', 'role "shop" cannot be dropped because some objects depend on it'],
  ['create index on orders (nope)', 'column "nope" does not exist'],
  ['create index orders_pkey on orders (status)', 'relation "orders_pkey" already exists'],
  ['drop index orders_pkey', 'cannot drop index orders_pkey because constraint orders_pkey on table orders requires it'],
  ['alter table orders rename column nope to x', 'column "nope" does not exist'],
  ['alter system set nope = 1', 'unrecognized configuration parameter "nope"'],
  ['set max_connections = 5', 'parameter "max_connections" cannot be changed without restarting the server'],
  ["select pg_drop_replication_slot('x')", 'replication slot "x" does not exist'],
  ['vacuum nope', 'relation "nope" does not exist'],
])('%s is refused in the words of the server', (statement, error) => {
  expect(calm.sql(statement).split('\n')[0]).toBe(`ERROR:  ${error}`);
});

test('a role that owns nothing may read, but not administer', () => {
  const lab = new LabServer();
  expect(lab.sql("create role reader login password 'x'", '-q')).toBe('');
  expect(lab.sql('select id from orders', '-tAU reader')).toBe('ERROR:  permission denied for table orders');
  lab.sql('grant select on orders to reader');
  expect(lab.sql('select id from orders limit 1', '-tAU reader')).toBe('1');
  expect(lab.sql('drop table orders', '-tAU reader')).toBe('ERROR:  must be owner of table orders');
  expect(lab.sql('alter system set work_mem = 1', '-tAU reader')).toBe('ERROR:  permission denied to perform ALTER SYSTEM');
});

test('without its index one table is slow and the others are not; any index on the column serves', () => {
  const lab = new LabServer();
  lab.sql('drop index products_sku_idx');
  lab.until('3m');
  expect(lab.statements('products').factor).toBe(25);
  expect(lab.statements('carts').factor).toBe(1);
  expect(lab.sql("explain select * from products where sku = 'A-1'")).toMatch(/^Seq Scan on products/);
  expect(lab.sql('select query from pg_stat_statements order by mean_exec_time desc limit 1')).toContain('FROM products');
  expect(lab.sql('create index concurrently another on products (sku, title)', '-q')).toBe('');
  expect(lab.statements('products').factor).toBe(1);
  expect(lab.sql("explain select * from products where sku = 'A-1'")).toMatch(/^Index Scan using another on products/);
});

test('dead rows that an old transaction keeps go with it, not before', () => {
  const lab = new LabServer('10s');
  lab.begin('query-slow', 'shop/postgres', { factor: 12, how: 'bloat', table: 'carts' });
  lab.until('2m');
  lab.sql('vacuum carts');
  expect(lab.statements('carts').factor).toBe(12);
  expect(lab.sql("select pg_terminate_backend(pid) from pg_stat_activity where xact_start < now() - interval '1 hour'")).toBe('t');
  lab.until('5m');
  expect(lab.statements('carts').factor).toBe(1);
  expect(lab.sql("select n_dead_tup from pg_stat_user_tables where relname = 'carts'")).toBe('0');
});

test('a forgotten session is found by who waits for it; a shorter wait gives connections back; its end lets all go on', () => {
  const lab = new LabServer('10s');
  lab.begin('lock-held', 'shop/postgres/stock');
  lab.until('2m');
  const blocker = lab.sql('select distinct b from pg_stat_activity a, unnest(pg_blocking_pids(a.pid)) b');
  const [pid = '', state] = lab.sql("select pid, state from pg_stat_activity where application_name = 'psql' and state = 'idle in transaction'").split('|');
  expect(state).toBe('idle in transaction');
  expect(blocker).toBe(pid);
  expect(lab.sql("select count(*) > 0 from pg_stat_activity where wait_event_type = 'Lock'")).toBe('t');
  lab.sql("alter system set lock_timeout = '2s'");
  lab.sql('select pg_reload_conf()');
  lab.until('4m');
  expect(lab.metric('call.ms', 'shop/checkout→shop/inventory')).toBeLessThan(2_600);
  expect(lab.sql(`select pg_terminate_backend(${pid})`)).toBe('t');
  lab.until('6m');
  expect(lab.metric('call.errors', 'shop/checkout→shop/inventory')).toBeLessThan(0.01);
});

test('a restart of the database ends forgotten sessions', () => {
  const lab = new LabServer('10s');
  lab.begin('lock-held', 'shop/postgres/stock');
  lab.until('1m').types('kubectl -n shop delete pod postgres-0');
  expect(lab.until('4m').sql("select count(*) from pg_stat_activity where state = 'idle in transaction' and application_name = 'psql'")).toBe('0');
});

test('a user that was dropped needs both to be made and to be let', () => {
  const lab = new LabServer('10s');
  const undo = lab.begin('database-refuses', 'shop/postgres', { how: 'unregistered' });
  lab.until('1m');
  expect(lab.types('kubectl -n shop logs deploy/cart --tail 1')).toContain('FATAL: role "shop" does not exist');
  lab.sql('create role shop login');
  lab.until('2m');
  expect(lab.types('kubectl -n shop logs deploy/cart --tail 1')).toContain('permission denied for table carts');
  lab.sql('grant select, insert, update on all tables in schema public to shop');
  expect(lab.until('3m').statements('carts').fails).toBe(0);
  undo();
  expect(lab.until('4m').statements('carts').fails).toBe(0);
});

test('a password that was changed is cured by giving it to who lacks it, one by one', () => {
  const lab = new LabServer('10s');
  lab.begin('database-refuses', 'shop/postgres', { how: 'password' });
  lab.until('1m').sql("alter role shop password 'new-one'");
  lab.types('kubectl -n shop set env deploy/cart PGPASSWORD=new-one');
  lab.until('4m');
  expect(lab.statements('carts').fails).toBe(0);
  expect(lab.statements('products').fails).toBe(1);
});

test('a column that is missing fails one table, where the author wants that, until it is there again', () => {
  const lab = new LabServer('10s');
  const undo = lab.begin('query-errors', 'shop/postgres', { share: 1, says: 'ERROR: column stock.sku does not exist (SQLSTATE 42703)', table: 'stock' });
  expect(lab.until('1m').statements('stock').fails).toBe(1);
  expect(lab.statements('carts').fails).toBe(0);
  expect(lab.sql('\\d stock')).toContain('sku_v2');
  lab.sql('alter table stock add column sku text');
  expect(lab.until('2m').statements('stock').fails).toBe(0);
  undo();
  expect(lab.statements('stock').fails).toBe(0);
});

test('what somebody writes in an open transaction others wait for', () => {
  const lab = new LabServer();
  const server = lab.day.drill.cluster.data.postgres('shop/postgres');
  const world = { nowMs: lab.day.drill.cluster.data.nowMs, unixMs: (ms: number) => ms, addressOf: () => null, startedMs: () => 0, changed: () => lab.day.drill.cluster.data.settle() };
  const session = new PgSession(server, 'postgres', 'shop', 30_111, world);
  session.run('begin', 0);
  session.run("update stock set reserved = 0 where sku = 'A-1'", 0);
  lab.until('3m');
  expect(lab.metric('call.errors', 'shop/checkout→shop/inventory')).toBeGreaterThan(0.2);
  session.close();
  lab.until('6m');
  expect(lab.metric('call.errors', 'shop/checkout→shop/inventory')).toBeLessThan(0.01);
});

test('whatever is typed is answered or refused', () => {
  const server = calm.day.drill.cluster.data.postgres('shop/postgres');
  const world = { nowMs: 0, unixMs: (ms: number) => ms, addressOf: () => null, startedMs: () => 0, changed: () => undefined };
  const piece = fc.constantFrom('select', '*', 'from', 'pg_stat_activity', 'pg_locks', 'orders', 'where', 'pid', '=', '1', "'x'", '(', ')', ',', 'and', 'not', 'null', 'is', 'count(*)', 'group by', 'order by', 'limit', 'join', 'on', 'using', 'now()', '-', "interval '1 day'", '::int', '::text', 'case when', 'then', 'end', 'any', 'array', '[', ']', 'grant', 'revoke', 'to', 'shop', 'alter', 'table', 'role', 'system', 'set', 'create', 'index', 'drop', 'vacuum', 'analyze', 'explain', 'begin', 'rollback', 'show', 'update', 'delete', 'insert into', 'values', 'left', 'pg_blocking_pids', 'pg_terminate_backend', 'unnest', 'distinct', ';', '$', '"', "'", '\u0000', 'ä');
  fc.assert(fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
    const session = new PgSession(server, 'nobody', 'shop', 30_000, world);
    try {
      session.run(pieces.join(' '), 0);
    } catch (error) {
      if (!(error instanceof PgError) && !(error instanceof Lasts)) throw error;
    }
  }), { numRuns: 1_500 });
});

test('more connections are taken from the next start on', () => {
  const lab = new LabServer();
  lab.sql('alter system set max_connections = 200');
  lab.sql('select pg_reload_conf()');
  expect(lab.sql("show max_connections")).toBe('120');
  expect(lab.sql("select pending_restart from pg_settings where name = 'max_connections'")).toBe('t');
  lab.types('kubectl -n shop delete pod postgres-0');
  expect(lab.until('4m').sql('show max_connections')).toBe('200');
  expect(lab.day.drill.cluster.traffic.places.database('shop/postgres').maxConnections).toBe(200);
});

test('patterns are matched as LIKE and ~ have them, however cruel', () => {
  expect(calm.sql("select 'orders' like 'o_d%s', 'orders' not like '%x%', 'Orders' ilike 'oRD%', 'orders' ~ '^ord.*s$', 'orders' ~ 'x|rde', 'orders' like 'o%d%e%'")).toBe('t|t|t|t|t|t');
  expect(calm.sql(`select '${'a'.repeat(400)}' like '${'a%'.repeat(60)}b'`)).toBe('f');
});
