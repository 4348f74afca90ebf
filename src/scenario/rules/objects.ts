import type { KubeObject } from '../../cluster/objects.ts';
import { splitImage } from '../../cluster/image.ts';
import { Registry } from '../../cluster/registry/registry.ts';
import { containersOf } from '../build/change.ts';
import { buildImages } from '../build/images.ts';
import { quoted } from '../../yaml/complaint.ts';
import { didYouMean } from '../../yaml/did-you-mean.ts';
import type { Path } from '../../yaml/yaml-source.ts';
import type { Rule, Subject } from './rule.ts';

/** The manifests would be accepted by a real cluster, and their images are programs that traffic.yaml describes, or exist elsewhere. */
export const objectRule: Rule = (subject, complain) => {
  const { cluster } = subject;
  if (cluster === null) return;
  const seen = new Set<string>();
  const namespaces = new Set(['default', 'kube-system', ...cluster.objects.filter(({ object }) => object.kind === 'Namespace').map(({ object }) => object.metadata.name)]);
  for (const { object, document } of cluster.objects) {
    const { kind, metadata } = object;
    const say = (path: Path, rule: string, problem: string, cure: string, severity?: 'warning'): void => complain(cluster.objectPlace([document, ...path]), rule, problem, cure, severity);
    const key = `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
    if (seen.has(key)) say(['metadata', 'name'], 'duplicate-object', `Another ${kind} is called ${quoted(metadata.name)} already.`, 'Remove one of them.');
    seen.add(key);
    if (metadata.namespace !== undefined && !namespaces.has(metadata.namespace) && cluster.objectsWhole) {
      say(['metadata', 'namespace'], 'unknown-namespace', `No Namespace is called ${quoted(metadata.namespace)}.`, didYouMean(metadata.namespace, namespaces));
    }
    if (kind === 'Deployment' || kind === 'StatefulSet') checkWorkload(object, say, subject);
    if (kind === 'Service' && cluster.objectsWhole) checkService(object, say, subject);
  }
  if (cluster.objectsWhole && !cluster.objects.some(({ object }) => object.kind === 'Node')) {
    complain(cluster.objectPlace([0]), 'no-node', 'The cluster has no Node: nothing could run.', 'Add one.');
  }
};

type Say = (path: Path, rule: string, problem: string, cure: string, severity?: 'warning') => void;
type Labels = Readonly<Record<string, unknown>>;

function checkWorkload(object: KubeObject, say: Say, subject: Subject): void {
  const { spec } = object as { spec?: { replicas?: unknown; selector?: { matchLabels?: Labels }; template?: { metadata?: { labels?: Labels } } } };
  const selector = isMap(spec?.selector?.matchLabels) ? spec.selector.matchLabels : null;
  const labels = isMap(spec?.template?.metadata?.labels) ? spec.template.metadata.labels : {};
  if (selector === null) say(['spec', 'selector'], 'manifest', `This ${object.kind} selects no pods.`, 'Add spec.selector.matchLabels.');
  else if (!matches(selector, labels)) say(['spec', 'selector', 'matchLabels'], 'selector', 'The selector does not match the labels of the pod template.', 'Make them the same.');
  const replicas = spec?.replicas;
  if (replicas !== undefined && !(typeof replicas === 'number' && Number.isInteger(replicas) && replicas >= 0 && replicas <= 1_000)) {
    say(['spec', 'replicas'], 'manifest', 'The replicas must be a whole number from 0 to 1000.', '');
  }
  const containers = containersOf(object);
  if (containers.length === 0) say(['spec', 'template', 'spec', 'containers'], 'manifest', `This ${object.kind} has no container with an image.`, 'Add one.');
  for (const [nth, { image }] of containers.entries()) checkContainer(object, nth, image, say, subject);
}

function checkContainer(object: KubeObject, nth: number, image: string, say: Say, { names, cluster }: Subject): void {
  const at = ['spec', 'template', 'spec', 'containers', nth];
  const { repository, tag } = splitImage(image);
  const program = names.program(repository);
  if (cluster?.trafficWhole === true && program === undefined && !isElsewhere(image, names)) {
    say([...at, 'image'], 'unknown-image', `traffic.yaml describes no program ${quoted(repository)}.`, didYouMean(repository, Object.keys(names.traffic?.programs ?? {})));
  } else if (program !== undefined && !program.tags.includes(tag)) {
    say([...at, 'image'], 'unknown-version', `The registry holds no version ${quoted(tag)} of it.`, didYouMean(tag, program.tags));
  }
  const set = new Set(environmentOf(object, nth));
  for (const need of program?.needs ?? []) {
    if (!set.has(need)) say([...at, 'env'], 'missing-env', `The program exits without the variable ${quoted(need)}.`, didYouMean(need, set).startsWith('Did') ? didYouMean(need, set) : 'Set it.', 'warning');
  }
}

/** Whether some registry has an image that is no program of the traffic: a public one, or one of the cluster's own. */
function isElsewhere(image: string, { traffic }: Subject['names']): boolean {
  const registry = new Registry(buildImages(traffic?.images ?? {}), new Set());
  return registry.contents(image) !== undefined;
}

function environmentOf(object: KubeObject, nth: number): string[] {
  const container = containersOf(object)[nth] as { env?: unknown; envFrom?: unknown } | undefined;
  const list = Array.isArray(container?.env) ? (container.env as unknown[]) : [];
  return list.flatMap((each) => (isMap(each) && typeof each['name'] === 'string' ? [each['name']] : []));
}

function checkService(object: KubeObject, say: Say, { names }: Subject): void {
  const { spec, metadata } = object as { spec?: { selector?: unknown }; metadata: KubeObject['metadata'] };
  const selector = spec?.selector;
  if (!isMap(selector)) return;
  const found = names.objects.some((each) => {
    const template = (each as { spec?: { template?: { metadata?: { labels?: unknown } } } }).spec?.template?.metadata?.labels;
    return each.metadata.namespace === metadata.namespace && isMap(template) && matches(selector, template);
  });
  if (!found) say(['spec', 'selector'], 'selector', `The Service ${quoted(metadata.name)} selects no pod.`, 'Make the selector match the labels of a pod template.', 'warning');
}

function matches(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function isMap(value: unknown): value is Labels {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
