import { bootstrapPolicy } from './authorization/bootstrap-policy.ts';
import type { KindMap } from './objects.ts';
import { platformObjects } from './platform-objects.ts';
import type { AnyObject, ObjectStore } from './store.ts';

/** The namespaces that every cluster has. */
export const SYSTEM_NAMESPACES: readonly string[] = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** What every namespace has from its first moment, where it is missing: a service account and the cluster's certificate. */
export function furnishNamespace(store: ObjectStore, namespace: string): void {
  if (store.get('ServiceAccount', namespace, 'default') === undefined) {
    store.create<KindMap['ServiceAccount']>({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
  }
  const published = store.get('ConfigMap', namespace, ROOT_CA);
  if (published !== undefined && published.data?.['ca.crt'] !== CERTIFICATE) store.update<KindMap['ConfigMap']>({ ...published, data: { 'ca.crt': CERTIFICATE } });
  if (published !== undefined) return;
  store.create<KindMap['ConfigMap']>(own(store, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: ROOT_CA, namespace, annotations: { 'kubernetes.io/description': ROOT_CA_TEXT } },
    data: { 'ca.crt': CERTIFICATE },
  }));
}

/** Whether it is the certificate that each namespace is given, which nobody may change for long. */
export function isRootCertificate({ metadata }: KindMap['ConfigMap']): boolean {
  return metadata.name === ROOT_CA;
}

/** What a cluster has before anybody applied anything: the API's own Service, system priorities, roles, a default StorageClass. */
export function furnishCluster(store: ObjectStore, now: string): void {
  const metadata = { name: 'kubernetes', namespace: 'default' };
  const provider = { ...metadata, labels: { component: 'apiserver', provider: 'kubernetes' } };
  const ports = [{ name: 'https', port: 6443, protocol: 'TCP' }];
  const objects: AnyObject[] = [
    {
      apiVersion: 'v1', kind: 'Service', metadata: provider,
      spec: {
        clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack',
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }], sessionAffinity: 'None', type: 'ClusterIP',
      },
      status: { loadBalancer: {} },
    },
    { apiVersion: 'v1', kind: 'Endpoints', metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }, subsets: [{ addresses: [{ ip: API_ADDRESS }], ports }] },
    {
      apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { ...metadata, generation: 1, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4', endpoints: [{ addresses: [API_ADDRESS], conditions: { ready: true } }], ports,
    },
    systemPriority('system-cluster-critical', 2_000_000_000, 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.'),
    systemPriority('system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'),
    {
      apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'rancher.io/local-path', reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer',
    },
  ];
  for (const object of objects) store.create(own(store, object));
  for (const object of platformObjects(now)) store.create(object);
  for (const object of bootstrapPolicy()) store.create(object);
}

/** What the cluster makes for itself has uids of a die of its own, so that it shifts nobody else's. */
function own<Given extends AnyObject>(store: ObjectStore, object: Given): Given {
  return { ...object, metadata: { ...object.metadata, uid: store.newUid('ServiceAccount') } };
}

function systemPriority(name: string, value: number, description: string): KindMap['PriorityClass'] {
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name, generation: 1 }, value, description, preemptionPolicy: 'PreemptLowerPriority' };
}

const API_ADDRESS = '172.18.0.2';
const ROOT_CA = 'kube-root-ca.crt';
const ROOT_CA_TEXT = 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';
/** A certificate that nothing inside of the sandbox checks. */
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIBbTCCARKgAwIBAgIBADAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDAprdWJlcm5l\ndGVzMB4XDTI2MTEyMTEwNDAwN1oXDTM2MTExODEwNDAwN1owFTETMBEGA1UEAwwK\na3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAMV3JAbxQKF0+Tc\nQEHeyy8imah7x+mCNQv+t13YWgodiP7hfRmJzPOsFydNRmYLP7wUMyWc9nPAs8gn\nKRN2MIujUzBRMB0GA1UdDgQWBBTgvsWMRQGW0AbLvSiL/U9h4Dy63TAfBgNVHSME\nGDAWgBTgvsWMRQGW0AbLvSiL/U9h4Dy63TAPBgNVHRMBAf8EBTADAQH/MAoGCCqG\nSM49BAMCA0kAMEYCIQCCqEQ+OSZ0DQ0sIHEFzTHezr5zawrzZhgrPsvJ0KYSXQIh\nAOb7e4JHC0FJOMH6KQrMKAHf5S60qAp8VVMPgbIaE5EP\n-----END CERTIFICATE-----\n';
