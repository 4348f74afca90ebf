import { isJsonObject } from '../json.ts';
import { parseQuantity } from '../quantity.ts';

/**
 * Whether the fields of a spec have the types that Kubernetes gives fields of their names, wherever they stand: the
 * server's sentence about the first that has not, or null. Names that mean different types in different places are
 * told apart by what they stand in.
 */
export function shapeProblem(value: unknown, path: string, parent = ''): string | null {
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) {
      if (OBJECT_LISTS.has(parent) && !isJsonObject(item)) return mismatch(item, path, 'object');
      if (TEXT_LISTS.has(parent) && typeof item !== 'string') return mismatch(item, path, 'string');
      const problem = shapeProblem(item, path, parent);
      if (problem !== null) return problem;
    }
    return null;
  }
  if (!isJsonObject(value)) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null) continue;
    const wrong = FREE.has(parent) ? freeProblem(parent, inner, `${path}.${key}`) : fieldProblem(key, parent, inner, `${path}.${key}`);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** Maps whose keys are people's own. */
const FREE = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'requests', 'limits', 'capacity', 'allocatable', 'hard', 'default', 'defaultRequest', 'min', 'max', 'maxLimitRequestRatio', 'parameters']);
const QUANTITIES = new Set(['requests', 'limits', 'capacity', 'allocatable', 'hard', 'default', 'defaultRequest', 'min', 'max', 'maxLimitRequestRatio']);

const OBJECT_LISTS = new Set([
  'containers', 'initContainers', 'ephemeralContainers', 'env', 'envFrom', 'ports', 'volumes', 'volumeMounts', 'tolerations', 'taints', 'topologySpreadConstraints', 'matchExpressions', 'matchFields',
  'nodeSelectorTerms', 'rules', 'paths', 'tls', 'metrics', 'policies', 'sources', 'items', 'imagePullSecrets', 'schedulingGates', 'hostAliases', 'ingress', 'egress', 'volumeClaimTemplates', 'ownerReferences', 'subjects', 'endpoints', 'subsets', 'readinessGates',
]);
const TEXT_LISTS = new Set(['command', 'args', 'finalizers', 'accessModes', 'values', 'scopes', 'policyTypes', 'clusterIPs', 'externalIPs', 'ipFamilies', 'verbs', 'resourceNames', 'namespaces', 'mountOptions']);
const OBJECTS = new Set([
  'spec', 'template', 'jobTemplate', 'metadata', 'selector', 'strategy', 'updateStrategy', 'rollingUpdate', 'resources', 'affinity', 'nodeAffinity', 'podAffinity', 'podAntiAffinity', 'securityContext', 'lifecycle', 'preStop',
  'readinessProbe', 'livenessProbe', 'startupProbe', 'httpGet', 'tcpSocket', 'valueFrom', 'configMapKeyRef', 'secretKeyRef', 'configMapRef', 'secretRef', 'configMap', 'secret', 'persistentVolumeClaim', 'projected', 'behavior', 'scaleUp', 'scaleDown',
  'scaleTargetRef', 'target', 'resource', 'backend', 'defaultBackend', 'service', 'http', 'labelSelector', 'namespaceSelector', 'podAffinityTerm', 'preference', 'claimRef', 'required', 'scopeSelector', 'roleRef', ...FREE,
]);
const INTEGERS = new Set([
  'replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds', 'partition', 'parallelism', 'completions', 'backoffLimit', 'activeDeadlineSeconds', 'ttlSecondsAfterFinished', 'startingDeadlineSeconds',
  'successfulJobsHistoryLimit', 'failedJobsHistoryLimit', 'minReplicas', 'maxReplicas', 'stabilizationWindowSeconds', 'averageUtilization', 'periodSeconds', 'initialDelaySeconds', 'timeoutSeconds', 'failureThreshold', 'successThreshold',
  'terminationGracePeriodSeconds', 'tolerationSeconds', 'maxSkew', 'weight', 'containerPort', 'hostPort', 'nodePort', 'priority', 'leaseDurationSeconds', 'minDomains',
]);
const TEXTS = new Set([
  'image', 'schedule', 'restartPolicy', 'schedulerName', 'serviceAccountName', 'priorityClassName', 'nodeName', 'storageClassName', 'volumeName', 'claimName', 'topologyKey', 'whenUnsatisfiable', 'completionMode', 'concurrencyPolicy', 'operator', 'effect', 'host', 'pathType', 'key', 'name', 'imagePullPolicy', 'secretName', 'serviceName', 'kind', 'type', 'path', 'provisioner', 'selectPolicy', 'preemptionPolicy',
]);
const NUMBERS_OR_TEXTS = new Set(['maxUnavailable', 'maxSurge', 'minAvailable', 'targetPort']);

function fieldProblem(key: string, parent: string, inner: unknown, path: string): string | null {
  if (parent === 'onExitCodes' && key === 'values') return Array.isArray(inner) && inner.every(isInt32) ? null : mismatch(inner, path, '[]int32');
  // The limits of a LimitRange and the resources of rules are lists.
  const listed = (key === 'limits' && parent !== 'resources') || (key === 'resources' && /^(?:rules|resourceRules|excludeResourceRules)$/.test(parent));
  if (listed || OBJECT_LISTS.has(key) || TEXT_LISTS.has(key)) {
    const list = Array.isArray(inner);
    if (!list) return mismatch(inner, path, 'array');
    if (key === 'limits') {
      for (const item of inner as readonly unknown[]) if (!isJsonObject(item)) return mismatch(item, path, 'v1.LimitRangeItem');
      return shapeProblem(inner, path, 'limitItems');
    }
  } else if (key === 'resource' && parent === 'resourceFieldRef') return typeof inner === 'string' ? null : mismatch(inner, path, 'string');
  else if (OBJECTS.has(key) && !isJsonObject(inner)) return mismatch(inner, path, 'object');
  else if (INTEGERS.has(key) && !isInt32(inner)) return mismatch(inner, path, 'int32');
  else if (TEXTS.has(key) && typeof inner !== 'string') return mismatch(inner, path, 'string');
  else if (NUMBERS_OR_TEXTS.has(key) && !isInt32(inner) && typeof inner !== 'string') return mismatch(inner, path, 'intstr.IntOrString');
  return shapeProblem(inner, path, key);
}

function freeProblem(parent: string, inner: unknown, path: string): string | null {
  if (!QUANTITIES.has(parent)) return typeof inner === 'string' ? null : mismatch(inner, path, 'string');
  const quantity = (typeof inner === 'string' || typeof inner === 'number') && parseQuantity(inner) !== null;
  return quantity ? null : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
}

function isInt32(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= 2_147_483_647;
}

function mismatch(value: unknown, path: string, wanted: string): string {
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? `number ${value}` : typeof value;
  return `json: cannot unmarshal ${type} into Go struct field ${path} of type ${wanted}`;
}
