import type { ServerDisk } from '../data/disk.ts';
import type { PgServer } from '../data/postgres/server.ts';
import type { FaultKind, FaultWorld } from './fault.ts';
import { text } from './settings.ts';

export const diskFull: FaultKind = {
  word: 'disk-full',
  group: 'dependencies',
  summary: 'The disk of a database is full: of log that a forgotten replication slot keeps, of logs, of a dump.',
  target: 'service',
  strikes: 'database',
  settings: {
    share: { type: 'share', required: false, fallback: 1, summary: 'How full.' },
    of: { ...text('What it is full of.', 'slot'), oneOf: ['slot', 'logs', 'dump'] },
  },
  lore: {
    symptoms: ['Every statement fails: no space left on device.', '`df` shows the disk full, `du` where; `pg_replication_slots` shows a slot that nobody reads and how far back it keeps the log.'],
    mitigations: ['Delete what nobody needs: old logs, old dumps. Never a segment of pg_wal by hand.'],
    fix: 'Drop the slot (pg_drop_replication_slot), or a larger disk: a claim whose StorageClass lets it grow; and an alert before it is full.',
    example: {
      target: 'postgres', settings: {},
      signs: ['http.errors shop/cart rises'],
      cure: ['kubectl -n shop exec sts/postgres -- psql -c "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active"'],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
    },
  },
  begin: (world, target, settings) => {
    const server = world.data.postgres(target);
    const disk = world.data.disk(target);
    const bytes = Math.max(0, Math.ceil(disk.sizeBytes * Number(settings['share'])) - disk.wantedBytes);
    const undo = (FILL[String(settings['of'])] ?? slot)(server, disk, bytes, world);
    world.data.settle();
    // Whoever deletes a file tells nobody.
    const stop = world.machines.every(5_000, () => world.data.tend());
    return () => {
      stop();
      undo();
      world.data.settle();
    };
  },
};

type Fill = (server: PgServer, disk: ServerDisk, bytes: number, world: FaultWorld) => () => void;

/** A standby is gone, and its slot waits for it. */
function slot(server: PgServer, _: ServerDisk, bytes: number): () => void {
  const added = { name: 'standby_eu_2', plugin: null, active: false, keepsBytes: bytes };
  server.slots.push(added);
  return () => {
    const at = server.slots.indexOf(added);
    if (at !== -1) server.slots.splice(at, 1);
  };
}

/** Somebody had every statement logged. */
function logs(_: PgServer, disk: ServerDisk, bytes: number, world: FaultWorld): () => void {
  const days = 6;
  const undo = Array.from({ length: days }, (__, nth) => disk.put(['log', `postgresql-${new Date(world.unixMs() - (days - nth) * 86_400_000).toISOString().slice(0, 10)}.log`], Math.ceil(bytes / days), world.data.nowMs - (days - nth - 1) * 86_400_000 - 11_400_000));
  return () => {
    for (const back of undo) back();
  };
}

/** Somebody dumped the database to where it was easiest. */
function dump(server: PgServer, disk: ServerDisk, bytes: number, world: FaultWorld): () => void {
  return disk.put(['backup', `${server.database}-before-migration.sql`], bytes, world.data.nowMs);
}

const FILL: Readonly<Record<string, Fill>> = { slot, logs, dump };
