import type { Affinity, EnvVar, PodSecurityContext, ResourceRequirements, Toleration } from 'kubernetes-types/core/v1';
import type { CustomObject } from '../custom-kind.ts';
import { isJsonObject } from '../json.ts';
import type { KindMap } from '../objects.ts';

/** The `spec` of a database cluster as its operator reads it. What its definition lets pass may still be wrong. */
interface DatabaseClusterSpec {
  readonly replicas?: number;
  readonly image?: string;
  readonly port?: number;
  readonly storage?: { readonly size?: string; readonly storageClassName?: string };
  readonly parameters?: Readonly<Record<string, string>>;
  readonly env?: EnvVar[];
  readonly resources?: ResourceRequirements;
  readonly nodeSelector?: Record<string, string>;
  readonly affinity?: Affinity;
  readonly tolerations?: Toleration[];
  readonly securityContext?: PodSecurityContext;
  /** `RollingUpdate` or `OnDelete`. */
  readonly updateStrategy?: string;
  /** The operator leaves all of it alone. */
  readonly paused?: boolean;
}

export type Child = KindMap['ConfigMap'] | KindMap['Service'] | KindMap['StatefulSet'];

export function specOfCluster({ spec }: CustomObject): DatabaseClusterSpec {
  return isJsonObject(spec) ? spec : {};
}

/** What has to be there for a database cluster, in the order in which it is made: its settings, its two Services, its pods. */
export function childrenOf(cluster: CustomObject, kind: string): Child[] {
  const { name, namespace = 'default', uid = '' } = cluster.metadata;
  const spec = specOfCluster(cluster);
  const labels = { app: name, 'app.kubernetes.io/managed-by': 'postgres-operator' };
  const owner = { apiVersion: cluster.apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
  const metadata = (as: string): KindMap['Service']['metadata'] => ({ name: as, namespace, labels, ownerReferences: [owner] });
  const ports = [{ name: 'db', port: spec.port ?? 5_432, targetPort: spec.port ?? 5_432 }];
  const selector = { app: name };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(`${name}-config`), data: { 'database.conf': Object.entries(spec.parameters ?? {}).map(([key, value]) => `${key} = ${value}\n`).join('') } },
    { apiVersion: 'v1', kind: 'Service', metadata: metadata(`${name}-pods`), spec: { clusterIP: 'None', selector, ports } },
    { apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec: { selector, ports } },
    { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: metadata(name), spec: setSpec(name, labels, spec) },
  ];
}

function setSpec(name: string, labels: Record<string, string>, spec: DatabaseClusterSpec): NonNullable<KindMap['StatefulSet']['spec']> {
  const { storageClassName } = spec.storage ?? {};
  return {
    serviceName: `${name}-pods`, replicas: spec.replicas ?? 1, podManagementPolicy: 'Parallel', selector: { matchLabels: { app: name } },
    updateStrategy: { type: spec.updateStrategy ?? 'RollingUpdate' },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
    template: { metadata: { labels }, spec: podSpec(name, spec) },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], ...(storageClassName === undefined ? {} : { storageClassName }), resources: { requests: { storage: spec.storage?.size ?? '5Gi' } } } }],
  };
}

function podSpec(name: string, spec: DatabaseClusterSpec): NonNullable<NonNullable<KindMap['StatefulSet']['spec']>['template']['spec']> {
  const { image = 'postgres:16', port = 5_432, env, resources, nodeSelector, affinity, tolerations, securityContext } = spec;
  return {
    terminationGracePeriodSeconds: 10,
    ...(nodeSelector === undefined ? {} : { nodeSelector }), ...(affinity === undefined ? {} : { affinity }), ...(tolerations === undefined ? {} : { tolerations }), ...(securityContext === undefined ? {} : { securityContext }),
    containers: [{
      name: 'database', image, ports: [{ name: 'db', containerPort: port }], ...(env === undefined ? {} : { env }), ...(resources === undefined ? {} : { resources }),
      readinessProbe: { tcpSocket: { port }, periodSeconds: 5 },
      volumeMounts: [{ name: 'data', mountPath: '/var/lib/database' }, { name: 'config', mountPath: '/etc/database' }],
    }],
    volumes: [{ name: 'config', configMap: { name: `${name}-config` } }],
  };
}
