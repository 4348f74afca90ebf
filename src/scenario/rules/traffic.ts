import { splitImage } from '../../cluster/image.ts';
import { containersOf } from '../build/change.ts';
import { quoted } from '../../yaml/complaint.ts';
import { didYouMean } from '../../yaml/did-you-mean.ts';
import type { AuthoredStep, AuthoredTraffic } from '../shape/traffic-shape.ts';
import type { Path } from '../../yaml/yaml-source.ts';
import type { Rule, Subject } from './rule.ts';

/** Users and programs ask things of Services, routes, databases, caches and parties that exist. */
export const trafficRule: Rule = (subject, complain) => {
  const { cluster } = subject;
  if (cluster?.traffic == null || !cluster.objectsWhole) return;
  const say: Say = (path, rule, problem, cure, severity) => complain(cluster.trafficPlace(path), rule, problem, cure, severity);
  const { load, programs, alerts } = cluster.traffic;
  for (const [nth, { service, route }] of load.entries()) checkLoad(service, route, ['load', nth], subject, say);
  for (const [nth, { service }] of alerts.entries()) namedService(service, ['alerts', nth, 'service'], subject, say);
  for (const [image, program] of Object.entries(programs)) {
    const at = ['programs', image];
    checkProgram(image, program, at, subject.names, say);
    if (program.flags !== undefined && subject.names.find('ConfigMap', program.flags).outcome !== 'one') {
      const { known } = subject.names.find('ConfigMap', program.flags) as { known: readonly string[] };
      say([...at, 'flags'], 'unknown-flags', `No single ConfigMap is called ${quoted(program.flags)}.`, didYouMean(program.flags, known));
    }
    checkQueues(image, program, at, subject, say);
    for (const [route, steps] of Object.entries(program.routes)) checkSteps(steps, [...at, 'routes', route], { subject, say, image, inside: null });
  }
};

type Say = (path: Path, rule: string, problem: string, cure: string, severity?: 'warning') => void;
type Program = AuthoredTraffic['programs'][string];

function checkProgram(image: string, program: Program, at: Path, names: Subject['names'], say: Say): void {
  for (const tag of Object.keys(program.versions)) {
    if (!program.tags.includes(tag)) say([...at, 'versions', tag], 'unknown-version', `The tags do not hold ${quoted(tag)}.`, didYouMean(tag, program.tags));
  }
  const used = names.objects.some((object) => containersOf(podMaker(object)).some((container) => splitImage(container.image).repository === image));
  if (!used) say(at, 'unused', `No workload runs the image ${quoted(image)}.`, 'Deploy it, or remove it.', 'warning');
}

/** What it turns away first and what it reads from brokers are routes that exist. */
function checkQueues(image: string, { routes, sheds = [], consumes = [], job }: Program, at: Path, subject: Subject, say: Say): void {
  const known = Object.keys(routes);
  if (job !== undefined && !known.includes(job.route)) say([...at, 'job', 'route'], 'unknown-route', `It has no route ${quoted(job.route)}.`, didYouMean(job.route, known));
  for (const [nth, route] of sheds.entries()) {
    if (!known.includes(route)) say([...at, 'sheds', nth], 'unknown-route', `It has no route ${quoted(route)}.`, didYouMean(route, known));
  }
  for (const [nth, { from, topic, route }] of consumes.entries()) {
    const here = [...at, 'consumes', nth];
    if (!known.includes(route)) say([...here, 'route'], 'unknown-route', `It has no route ${quoted(route)}.`, didYouMean(route, known));
    const broker = dnsName(from, [...here, 'from'], { subject, say, image, inside: null });
    if (broker !== null) checkRoute(broker, topic, [...here, 'topic'], subject, say);
  }
}

function checkLoad(service: string, route: string, at: Path, subject: Subject, say: Say): void {
  const full = namedService(service, [...at, 'service'], subject, say);
  if (full !== null) checkRoute(full, route, [...at, 'route'], subject, say);
}

/** `namespace/name` of a Service that is written outside of a step. */
function namedService(written: string, at: Path, { names }: Subject, say: Say): string | null {
  const found = names.find('Service', written);
  if (found.outcome === 'one') return found.full;
  if (found.outcome === 'many') say(at, 'unknown-service', `Several Services are called ${quoted(written)}.`, `Write one of ${found.known.join(', ')}.`);
  else say(at, 'unknown-service', `No Service is called ${quoted(written)}.`, didYouMean(written, found.known));
  return null;
}

function checkRoute(service: string, route: string, at: Path, subject: Subject, say: Say): void {
  const routes = programBehind(service, subject)?.routes;
  if (routes === undefined || Object.hasOwn(routes, route) || Object.hasOwn(routes, 'default')) return;
  say(at, 'unknown-route', `${quoted(service.slice(service.indexOf('/') + 1))} has no route ${quoted(route)}.`, didYouMean(route, Object.keys(routes)));
}

/** The program of the first workload whose pods a Service selects. */
function programBehind(service: string, { names }: Subject): Program | undefined {
  const found = names.find('Service', service);
  if (found.outcome !== 'one') return undefined;
  const selector = Object.entries((found.object as { spec?: { selector?: Readonly<Record<string, string>> } }).spec?.selector ?? {});
  for (const object of names.objects) {
    const labels = (object as { spec?: { template?: { metadata?: { labels?: Readonly<Record<string, string>> | null } | null } | null } | null }).spec?.template?.metadata?.labels;
    if (object.metadata.namespace !== found.object.metadata.namespace || labels == null || !selector.every(([key, value]) => labels[key] === value)) continue;
    const image = containersOf(object)[0]?.image;
    return image === undefined ? undefined : names.program(splitImage(image).repository);
  }
  return undefined;
}

interface StepContext {
  readonly subject: Subject;
  readonly say: Say;
  /** Whose steps they are. */
  readonly image: string;
  /** The database whose connection is held, or null outside of a transaction. */
  readonly inside: string | null;
}

function checkSteps(steps: readonly AuthoredStep[], at: Path, context: StepContext): void {
  for (const [nth, step] of steps.entries()) {
    const here = [...at, nth];
    const { call, transaction, cached, when, query } = step;
    if (call !== undefined) checkCall(call.to, call.route, [...here, 'call'], context);
    if (query !== undefined && context.inside === null) context.say([...here, 'query'], 'query', 'A query needs a connection.', 'Put it into the steps of a transaction.');
    if (transaction !== undefined) {
      checkStore(transaction.on, 'database', [...here, 'transaction', 'on'], context);
      checkSteps(transaction.steps, [...here, 'transaction', 'steps'], { ...context, inside: transaction.on });
    }
    if (cached !== undefined) {
      checkStore(cached.on, 'cache', [...here, 'cached', 'on'], context);
      checkSteps(cached.miss, [...here, 'cached', 'miss'], context);
    }
    if (when !== undefined) checkSteps(when.steps, [...here, 'when', 'steps'], context);
  }
}

function checkCall(to: string, route: string, at: Path, context: StepContext): void {
  const { subject, say } = context;
  if (to.startsWith('external/')) {
    const known = Object.keys(subject.names.traffic?.externals ?? {}).map((name) => `external/${name}`);
    if (!known.includes(to)) say([...at, 'to'], 'unknown-external', `No external party is called ${quoted(to)}.`, didYouMean(to, known));
    return;
  }
  const service = dnsName(to, [...at, 'to'], context);
  if (service !== null) checkRoute(service, route, [...at, 'route'], subject, say);
}

function checkStore(on: string, kind: 'database' | 'cache', at: Path, context: StepContext): void {
  const service = dnsName(on, at, context);
  if (service === null) return;
  const program = programBehind(service, context.subject);
  if (program !== undefined && program.kind !== kind) context.say(at, 'not-a-store', `${quoted(on)} is a ${program.kind}, not a ${kind}.`, `Name a ${kind}.`);
}

/** `namespace/name` of a Service that a step calls: as DNS, from the namespaces where the program runs. */
function dnsName(written: string, at: Path, { subject, say, image }: StepContext): string | null {
  const { names } = subject;
  const homes = new Set(names.objects.filter((object) => containersOf(podMaker(object)).some((container) => splitImage(container.image).repository === image)).map(({ metadata }) => metadata.namespace ?? ''));
  const wanted = written.includes('.') ? [written] : [...homes].map((namespace) => `${namespace}/${written}`);
  for (const name of wanted) {
    const found = names.find('Service', name);
    if (found.outcome === 'one') continue;
    const known = names.objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => (homes.has(metadata.namespace ?? '') ? metadata.name : `${metadata.name}.${metadata.namespace ?? ''}`));
    say(at, 'unknown-service', `No Service is called ${quoted(written)}${written.includes('.') ? '' : ' in the namespace of this program'}.`, didYouMean(written, known));
    return null;
  }
  const found = wanted[0] === undefined ? null : names.find('Service', wanted[0]);
  return found?.outcome === 'one' ? found.full : null;
}

/** What makes the pods of an object: of a CronJob, the Jobs that it makes. */
function podMaker(object: object): object {
  const { jobTemplate } = (object as { spec?: { jobTemplate?: unknown } | null }).spec ?? {};
  return typeof jobTemplate === 'object' && jobTemplate !== null ? jobTemplate : object;
}
