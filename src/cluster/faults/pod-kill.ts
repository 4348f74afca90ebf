import { selects } from '../labels.ts';
import type { KindMap, Ref } from '../objects.ts';
import type { FaultKind, FaultWorld } from './fault.ts';
import { bare, err, type Mistake } from './mistakes.ts';
import { AUTHOR, count } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const podKill: FaultKind = {
  word: 'pod-kill',
  group: 'workloads',
  summary: 'Pods of a workload are evicted, again and again: a descheduler takes them for too old.',
  target: 'workload',
  settings: { every: { type: 'duration', required: false, fallback: 60_000, summary: 'How often.' }, pods: count('How many each time; 0 for all.', 1), ...AUTHOR },
  lore: {
    symptoms: ['Pods of a workload are young, all of them, and were killed without a restart being counted.', 'Events tell who evicts them: sigs.k8s.io/descheduler.'],
    mitigations: ['More replicas.', 'A disruption budget: evictions keep to it.'],
    fix: 'Mend the descheduler’s policy and start it anew, take its right to evict, or remove it.',
    example: {
      target: 'deployment/pricing', settings: { every: '30s' },
      signs: ['event Normal Killing Pod', 'event Normal SuccessfulCreate ReplicaSet'],
      cure: ['kubectl -n kube-system scale deploy/descheduler --replicas=0'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const { namespace } = workloadRef(target);
    const everyMs = Number(settings['every']);
    const undo = err(world, descheduler(namespace, selectorOf(world, workloadRef(target)), everyMs, Number(settings['pods'])), settings, 'deployment/descheduler: rolled out with the policy of the platform');
    /** By uid of its pod: the policy that it read at its start. */
    const read = new Map<string, string>();
    const stop = world.machines.every(everyMs, () => {
      const pod = world.api.list('Pod', HOME).find(({ metadata, status }) => metadata.labels?.['app'] === NAME && metadata.deletionTimestamp === undefined && status?.containerStatuses?.[0]?.state?.running !== undefined);
      const found = world.api.get('ConfigMap', HOME, NAME);
      if (pod === undefined || !found.ok) return;
      const uid = pod.metadata.uid ?? '';
      if (!read.has(uid)) read.set(uid, found.object.data?.['policy.yaml'] ?? '');
      deschedule(world, pod, { namespace, labels: selectorOf(world, workloadRef(target)) }, read.get(uid) ?? '');
    });
    return () => {
      stop();
      undo();
    };
  },
};

const HOME = 'kube-system';
const NAME = 'descheduler';

/** As its chart installs it (https://github.com/kubernetes-sigs/descheduler), with a policy that means seconds where days were meant. */
function descheduler(namespace: string, labels: Labels, everyMs: number, most: number): Mistake[] {
  const metadata = { name: NAME, namespace: HOME, labels: { app: NAME } };
  const lifeS = Math.max(1, Math.floor(everyMs / 1_000) - 5);
  const policy = `apiVersion: descheduler/v1alpha2\nkind: DeschedulerPolicy\n${most === 0 ? '' : `maxNoOfPodsToEvictPerNamespace: ${most}\n`}profiles:\n- name: default\n  pluginConfig:\n  - name: PodLifeTime\n    args:\n      maxPodLifeTimeSeconds: ${lifeS}\n      namespaces:\n        include: [${namespace}]\n      labelSelector:\n        matchLabels: ${JSON.stringify(labels)}\n  plugins:\n    deschedule:\n      enabled: [PodLifeTime]\n`;
  const container = { name: NAME, image: 'registry.k8s.io/descheduler/descheduler:v0.31.0', args: ['--policy-config-file=/policy-dir/policy.yaml', `--descheduling-interval=${Math.round(everyMs / 1_000)}s`], resources: { requests: { cpu: '50m', memory: '64Mi' } }, volumeMounts: [{ name: 'policy', mountPath: '/policy-dir' }] };
  const objects = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: NAME }, rules: [{ apiGroups: [''], resources: ['pods', 'nodes', 'namespaces'], verbs: ['get', 'watch', 'list'] }, { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] }, { apiGroups: [''], resources: ['events'], verbs: ['create', 'update'] }] },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: NAME }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME }, subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: HOME }] },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'policy.yaml': policy } },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 1, selector: { matchLabels: metadata.labels }, template: { metadata: { labels: metadata.labels }, spec: { serviceAccountName: NAME, terminationGracePeriodSeconds: 1, containers: [container], volumes: [{ name: 'policy', configMap: { name: NAME } }] } } } },
  ] as const;
  return objects.map((object) => ({ do: 'create', object: bare(object as never) }));
}

type Labels = Readonly<Record<string, string>>;

function selectorOf(world: FaultWorld, { kind, namespace, name }: Ref): Labels {
  const found = world.api.get(kind, namespace, name);
  return found.ok ? ((found.object as KindMap['Deployment']).spec?.selector.matchLabels ?? {}) : {};
}

/** One round of the plugin PodLifeTime: the oldest go first, as far as its account may, disruption budgets let it and the policy says. */
function deschedule(world: FaultWorld, by: KindMap['Pod'], { namespace, labels }: { readonly namespace: string; readonly labels: Labels }, policy: string): void {
  const lifeS = Number(/maxPodLifeTimeSeconds:\s*(\d+)/.exec(policy)?.[1] ?? 'NaN');
  const most = Number(/maxNoOfPodsToEvictPerNamespace:\s*(\d+)/.exec(policy)?.[1] ?? 'Infinity');
  if (Number.isNaN(lifeS) || !/enabled:\s*\[[^\]]*PodLifeTime/.test(policy)) return;
  const client = world.machines.clientOf(by);
  const old = world.api.list('Pod', namespace).filter(({ metadata, status }) => selects({ matchLabels: labels }, metadata.labels) && metadata.deletionTimestamp === undefined && status?.phase === 'Running' && world.unixMs() - Date.parse(status.startTime ?? '') >= lifeS * 1_000);
  let evicted = 0;
  for (const pod of old.toSorted((one, other) => Date.parse(one.status?.startTime ?? '') - Date.parse(other.status?.startTime ?? ''))) {
    const { name } = pod.metadata;
    if (evicted >= most || client.refusal('create', { kind: 'Pod', namespace, name }, 'eviction') !== null) return;
    if (!world.api.evict({ namespace, name }).ok) continue;
    evicted++;
    client.record(pod, 'Normal', 'PodLifeTime', `pod eviction from ${pod.spec?.nodeName ?? ''} node by sigs.k8s.io/descheduler`, 'sigs.k8s.io/descheduler');
  }
}
