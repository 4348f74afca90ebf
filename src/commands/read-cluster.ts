import { basename, join, resolve } from 'node:path';
import type { ClusterSpec } from '../cluster/spec.ts';
import { buildTraffic } from '../scenario/build/traffic.ts';
import { readClusterFiles } from '../scenario/cluster-files.ts';
import { ClusterNames } from '../scenario/cluster-names.ts';
import { formatComplaint } from '../yaml/complaint.ts';
import type { NoCluster } from './load-cluster.ts';

/** The cluster that the texts of a folder's `objects.yaml` and `traffic.yaml` describe. */
export function readCluster(folder: string, objects: string, traffic: string): ClusterSpec | NoCluster {
  const files = readClusterFiles(join(folder, 'objects.yaml'), objects, join(folder, 'traffic.yaml'), traffic);
  const errors = files.complaints.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || files.traffic === null) return { complaints: errors.map(formatComplaint), code: 1 };
  const names = new ClusterNames(files.objects.map(({ object }) => object), files.traffic);
  return { name: basename(resolve(folder)), objects: names.applied, traffic: buildTraffic(files.traffic, names) };
}
