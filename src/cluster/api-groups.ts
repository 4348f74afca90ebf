/** One version of a group of kinds, and how it ranks: larger numbers come first. */
export interface ServedVersion {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly groupPriority: number;
  readonly versionPriority: number;
}

/** What a Kubernetes 1.32 API server serves by itself. Source: the priorities in its pkg/controlplane/apiserver/aggregator.go. */
export const SERVED_VERSIONS: readonly ServedVersion[] = [
  served('', 'v1', 18_000, 1),
  served('apps', 'v1', 17_800),
  served('events.k8s.io', 'v1', 17_750),
  served('authentication.k8s.io', 'v1', 17_700),
  served('authorization.k8s.io', 'v1', 17_600),
  served('autoscaling', 'v2', 17_500, 30),
  served('autoscaling', 'v1', 17_500),
  served('batch', 'v1', 17_400),
  served('certificates.k8s.io', 'v1', 17_300),
  served('networking.k8s.io', 'v1', 17_200),
  served('policy', 'v1', 17_100),
  served('rbac.authorization.k8s.io', 'v1', 17_000),
  served('storage.k8s.io', 'v1', 16_800),
  served('admissionregistration.k8s.io', 'v1', 16_700),
  served('apiextensions.k8s.io', 'v1', 16_700),
  served('scheduling.k8s.io', 'v1', 16_600),
  served('coordination.k8s.io', 'v1', 16_500),
  served('node.k8s.io', 'v1', 16_300),
  served('discovery.k8s.io', 'v1', 16_200),
  served('flowcontrol.apiserver.k8s.io', 'v1', 16_100, 21),
];

/** The group of resource metrics, which a server of its own serves. */
export const METRICS_VERSION = served('metrics.k8s.io', 'v1beta1', 100, 100);

/** How groups rank in discovery: the one that describes the others first, those that definitions bring after the cluster's own. */
export function groupPriority(group: string): number {
  if (group === 'apiregistration.k8s.io') return 20_000;
  if (group === METRICS_VERSION.group) return METRICS_VERSION.groupPriority;
  return SERVED_VERSIONS.find((one) => one.group === group)?.groupPriority ?? 1_000;
}

/** How the versions of one of the cluster's own groups rank. */
export function versionPriority(group: string, version: string): number {
  return SERVED_VERSIONS.find((one) => one.group === group && one.version === version)?.versionPriority ?? 0;
}

function served(group: string, version: string, priority: number, ofVersion = 15): ServedVersion {
  return { group, version, groupPriority: priority, versionPriority: ofVersion };
}
