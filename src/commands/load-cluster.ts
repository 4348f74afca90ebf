import { basename, join, resolve } from 'node:path';
import type { ClusterSpec } from '../cluster/spec.ts';
import type { ChangeSpec } from '../scenario/scenario.ts';
import { KeptReadings } from '../outside/kept-readings.ts';
import { readText } from '../outside/read-text.ts';
import { cacheFolder } from '../outside/state-folder.ts';
import { formatComplaint, quoted } from '../yaml/complaint.ts';

/** Why there is no cluster: lines to print, and the exit code that goes with them. */
export interface NoCluster {
  readonly complaints: readonly string[];
  readonly code: 1 | 2;
}

/** A cluster, and what was changed in it before time 0, by the scenario that it was named by. */
export interface LoadedCluster {
  readonly spec: ClusterSpec;
  readonly changes: readonly ChangeSpec[];
}

/** The cluster of a scenario, or of a folder with `objects.yaml` and `traffic.yaml`. What reads either is loaded where it is needed: it is a third of the time of a start. */
export async function loadCluster(path: string, isFolder: boolean): Promise<LoadedCluster | NoCluster> {
  if (isFolder) {
    const spec = await clusterOfFolder(path);
    return 'complaints' in spec ? spec : { spec, changes: [] };
  }
  const { loadScenario } = await import('../outside/scenario-files.ts');
  const { scenario, complaints } = await loadScenario(path);
  if (scenario !== null) return { spec: scenario.cluster, changes: scenario.changes.filter(({ atMs }) => atMs < 0) };
  return { complaints: complaints.map(formatComplaint), code: complaints.some(({ rule }) => rule === 'no-file') ? 2 : 1 };
}

async function clusterOfFolder(folder: string): Promise<ClusterSpec | NoCluster> {
  const [objects, traffic] = [readText(join(folder, 'objects.yaml')), readText(join(folder, 'traffic.yaml'))];
  for (const read of [objects, traffic]) {
    if ('trouble' in read) return { complaints: [`${quoted(folder)}: ${read.trouble.problem} A cluster is a folder with objects.yaml and traffic.yaml.`], code: 2 };
  }
  const texts = [objects, traffic].map((read) => (read as { text: string }).text) as [string, string];
  // The name of a built file tells by its hash what it and all that it loads is made of; a source's name tells nothing.
  const kept = import.meta.url.endsWith('.ts') ? null : new KeptReadings(join(cacheFolder(process.env), 'clusters'), basename(import.meta.url));
  const known = kept?.find(texts) as Omit<ClusterSpec, 'name'> | null | undefined;
  if (known != null) return { ...known, name: basename(resolve(folder)) };
  const { readCluster } = await import('./read-cluster.ts');
  const read = readCluster(folder, ...texts);
  if (!('complaints' in read)) kept?.keep(texts, { objects: read.objects, traffic: read.traffic });
  return read;
}
