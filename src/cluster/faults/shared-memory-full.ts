import type { KindMap } from '../objects.ts';
import { quantityBytes } from '../quantity.ts';
import type { FaultKind } from './fault.ts';
import { whileSo } from './lasting.ts';
import { podsOf } from './restarts.ts';
import { workloadBehind } from './workload-behind.ts';

export const sharedMemoryFull: FaultKind = {
  word: 'shared-memory-full',
  group: 'dependencies',
  summary: 'A database finds no room in its shared memory for a part of its statements: its tables have grown, and its workers share what a container gets unasked.',
  target: 'service',
  strikes: 'database',
  settings: {
    share: { type: 'share', required: false, fallback: 0.15, summary: 'Share of the statements, the largest ones.' },
    mib: { type: 'number', required: false, fallback: 256, summary: 'MiB of shared memory that they need.' },
  },
  lore: {
    symptoms: ['The largest statements fail, all others are well: could not resize shared memory segment.', 'df in the container says how much there is: 64 MiB where nobody asked for more.'],
    mitigations: ['No parallel workers: ALTER SYSTEM SET max_parallel_workers_per_gather = 0, and reload.'],
    fix: 'Give the pod a larger /dev/shm: an emptyDir of medium Memory.',
    example: {
      target: 'postgres', settings: {},
      signs: ['http.errors shop/cart rises'],
      cure: ['kubectl -n shop patch statefulset postgres -p \'{"spec":{"template":{"spec":{"volumes":[{"name":"shm","emptyDir":{"medium":"Memory","sizeLimit":"512Mi"}}],"containers":[{"name":"postgres","volumeMounts":[{"name":"shm","mountPath":"/dev/shm"}]}]}}}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
    },
  },
  begin: (world, target, settings) => {
    const { namespace, name } = workloadBehind(world, target);
    const needed = Number(settings['mib']) * 1_048_576;
    const tooSmall = (): boolean => podsOf(world, namespace, name).some((pod) => pod.metadata.deletionTimestamp === undefined && sharedBytes(pod) < needed);
    const parallel = (): boolean => Number(world.data.postgres(target).settings.value('max_parallel_workers_per_gather') ?? '2') > 0;
    return whileSo(world, () => tooSmall() && parallel(), () => world.conditions.adjust('query-errors', target, Number(settings['share']), SAYS));
  },
};

const SAYS = 'ERROR: could not resize shared memory segment "/PostgreSQL.2130421362" to 8388608 bytes: No space left on device (SQLSTATE 53100)';
/** What a container gets unasked: containerd's own default. */
const UNASKED_BYTES = 64 * 1_048_576;

/** How much a pod's first container may share. */
function sharedBytes({ spec }: KindMap['Pod']): number {
  const mount = spec?.containers[0]?.volumeMounts?.find(({ mountPath }) => mountPath.replace(/\/$/, '') === '/dev/shm');
  const volume = spec?.volumes?.find(({ name }) => name === mount?.name);
  if (volume === undefined) return UNASKED_BYTES;
  if (volume.emptyDir?.medium !== 'Memory') return Infinity;
  return quantityBytes(volume.emptyDir.sizeLimit) || quantityBytes(spec?.containers[0]?.resources?.limits?.['memory']) || Infinity;
}
