import { basename, join, resolve } from 'node:path';
import type { ClusterSpec } from '../cluster/spec.ts';
import { readText } from '../outside/read-files.ts';
import { loadScenario } from '../outside/scenario-files.ts';
import { buildTraffic } from '../scenario/build/traffic.ts';
import { readClusterFiles } from '../scenario/cluster-files.ts';
import { ClusterNames } from '../scenario/cluster-names.ts';
import { formatComplaint, quoted } from '../yaml/complaint.ts';

/** Why there is no cluster: lines to print, and the exit code that goes with them. */
export interface NoCluster {
  readonly complaints: readonly string[];
  readonly code: 1 | 2;
}

/** The cluster of a scenario, or of a folder with `objects.yaml` and `traffic.yaml`. */
export async function loadCluster(path: string, isFolder: boolean): Promise<ClusterSpec | NoCluster> {
  if (isFolder) return clusterOfFolder(path);
  const { scenario, complaints } = await loadScenario(path);
  if (scenario !== null) return scenario.cluster;
  return { complaints: complaints.map(formatComplaint), code: complaints.some(({ rule }) => rule === 'no-file') ? 2 : 1 };
}

function clusterOfFolder(folder: string): ClusterSpec | NoCluster {
  const [objects, traffic] = [readText(join(folder, 'objects.yaml')), readText(join(folder, 'traffic.yaml'))];
  for (const read of [objects, traffic]) {
    if ('trouble' in read) return { complaints: [`${quoted(folder)}: ${read.trouble.problem} A cluster is a folder with objects.yaml and traffic.yaml.`], code: 2 };
  }
  const files = readClusterFiles(join(folder, 'objects.yaml'), (objects as { text: string }).text, join(folder, 'traffic.yaml'), (traffic as { text: string }).text);
  const errors = files.complaints.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || files.traffic === null) return { complaints: errors.map(formatComplaint), code: 1 };
  const names = new ClusterNames(files.objects.map(({ object }) => object), files.traffic);
  return { name: basename(resolve(folder)), objects: names.objects, traffic: buildTraffic(files.traffic, names) };
}
