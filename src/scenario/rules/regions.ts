import { didYouMean } from '../../yaml/did-you-mean.ts';
import { quoted } from '../../yaml/complaint.ts';
import type { Rule } from './rule.ts';

/** Regions, the names of the world and the users who know them refer to each other. */
export const regionRule: Rule = ({ cluster, names }, complain) => {
  if (cluster?.traffic == null || !cluster.objectsWhole) return;
  const { load, regions = {}, globals = {} } = cluster.traffic;
  const known = Object.keys(regions);
  const say = (path: readonly (string | number)[], rule: string, problem: string, cure: string, severity?: 'warning'): void => complain(cluster.trafficPlace([...path]), rule, problem, cure, severity);
  for (const [name, { namespace, roundTrip }] of Object.entries(regions)) {
    const at = ['regions', name];
    if (!cluster.objects.some(({ object }) => object.kind === 'Node' && object.metadata.labels?.['topology.kubernetes.io/region'] === name)) say(at, 'empty-region', `No node is in the region ${quoted(name)}.`, 'Give nodes the label topology.kubernetes.io/region.', 'warning');
    if (namespace !== undefined && names.find('Namespace', namespace).outcome !== 'one') say([...at, 'namespace'], 'unknown-namespace', `No Namespace is called ${quoted(namespace)}.`, didYouMean(namespace, names.objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name)));
    for (const other of Object.keys(roundTrip)) if (!known.includes(other)) say([...at, 'roundTrip', other], 'unknown-region', `No region is called ${quoted(other)}.`, didYouMean(other, known));
  }
  for (const [host, { backends }] of Object.entries(globals)) {
    for (const [region, service] of Object.entries(backends)) {
      const at = ['globals', host, 'backends', region];
      if (!known.includes(region)) say(at, 'unknown-region', `No region is called ${quoted(region)}.`, didYouMean(region, known));
      const found = names.find('Service', service);
      if (found.outcome === 'none') say(at, 'unknown-service', `No Service is called ${quoted(service)}.`, didYouMean(service, found.known));
      if (found.outcome === 'many') say(at, 'unknown-service', `Several Services are called ${quoted(service)}.`, `Write one of ${found.known.join(', ')}.`);
    }
  }
  for (const [nth, { global, from, ingress }] of load.entries()) {
    const at = ['load', nth];
    if (global !== undefined && !Object.hasOwn(globals, global)) say([...at, 'global'], 'unknown-global', `No global name is called ${quoted(global)}.`, didYouMean(global, Object.keys(globals)));
    if (from !== undefined && !known.includes(from)) say([...at, 'from'], 'unknown-region', `No region is called ${quoted(from)}.`, didYouMean(from, known));
    if (global !== undefined && from === undefined) say([...at, 'global'], 'users-nowhere', 'Users of a global name are somewhere.', 'Say in which region: from: NAME.');
    if (global !== undefined && ingress !== undefined) say([...at, 'ingress'], 'two-doors', 'These users know a global name already.', 'Leave out one of ingress and global.');
  }
};
