import type { Agenda } from '../../time/agenda.ts';
import { Die } from '../../time/dice.ts';
import { MINUTE_MS } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { KubeApi } from '../api.ts';
import type { KubeObject } from '../objects.ts';
import type { ChangeLog } from './change-log.ts';
import { resourceText } from './terraform/plan-text.ts';

/** What other teams run in the same cluster, in namespaces of their own: small, and nobody's business here. */
export const NEIGHBOURS: readonly KubeObject[] = [
  namespace('insights'), namespace('back-office'),
  deployment('insights', 'dashboards', 'docker.io/grafana/grafana:11.4.0', 3000),
  deployment('back-office', 'wiki', 'docker.io/library/nginx:1.27.3', 80),
  deployment('back-office', 'returns-desk', 'docker.io/library/httpd:2.4.62', 80),
  {
    apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'mail-digest', namespace: 'insights', labels: { app: 'mail-digest' } },
    spec: { schedule: '*/20 * * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec: { backoffLimit: 1, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'mail-digest', image: 'docker.io/library/busybox:1.36', command: ['sh', '-c', 'echo 214 recipients; sleep 12'], resources: small() }] } } } } },
  } as unknown as KubeObject,
];

/** What they roll out at some time: the image that comes next. */
const DEPLOYS: readonly (readonly [namespace: string, name: string, repository: string, from: string, to: string])[] = [
  ['insights', 'dashboards', 'docker.io/grafana/grafana', '11.4.0', '11.5.1'],
  ['back-office', 'wiki', 'docker.io/library/nginx', '1.27.3', '1.27.4'],
];
const FROM_MS = -50 * MINUTE_MS;
const UNTIL_MS = 40 * MINUTE_MS;

/** Rolls out what the neighbours have to roll out, really, each at a time of its own. */
export function rollOutNeighbours({ agenda, seed, api, changes }: { readonly agenda: Agenda<AgendaEntry>; readonly seed: number; readonly api: KubeApi; readonly changes: ChangeLog }): void {
  const die = new Die(seed, 'neighbours');
  for (const [namespaceName, name, repository, from, to] of DEPLOYS) {
    const atMs = Math.round(die.between(FROM_MS, UNTIL_MS) / 1_000) * 1_000;
    agenda.add(atMs, { due: () => {
      const before = api.get('Deployment', namespaceName, name);
      const after = api.patch({ kind: 'Deployment', namespace: namespaceName, name }, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name, image: `${repository}:${to}` }] } } } } });
      if (!before.ok || !after.ok) return;
      changes.add({ atMs, who: namespaceName, what: `deployment/${name} ${from} to ${to} (namespace ${namespaceName})`, details: resourceText({ before: before.object, after: after.object }, 'will be') });
    } });
  }
}

function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { team: name } } };
}

function deployment(inside: string, name: string, image: string, port: number): KubeObject {
  const labels = { app: name, team: inside };
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: inside, labels },
    spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: { metadata: { labels }, spec: { containers: [{ name, image, ports: [{ containerPort: port }], resources: small() }] } } },
  } as unknown as KubeObject;
}

/** So little that no scheduler has to think of it. */
function small(): object {
  return { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } };
}
