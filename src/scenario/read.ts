import { buildScenario } from './build/scenario.ts';
import { readClusterFiles } from './cluster-files.ts';
import type { ClusterFiles } from './cluster-files.ts';
import { ClusterNames } from './cluster-names.ts';
import { inOrder, quoted } from '../yaml/complaint.ts';
import type { Complaint } from '../yaml/complaint.ts';
import { AFTERTHOUGHTS, RULES } from './rules/catalogue.ts';
import type { Complain, Subject } from './rules/rule.ts';
import type { Scenario } from './scenario.ts';
import { fit } from '../yaml/shape-complaints.ts';
import { scenarioShape } from './shape/scenario-shape.ts';
import { parseYaml } from '../yaml/yaml-source.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/** A scenario and all that is wrong with it. `scenario` is null where a complaint is an error. */
export interface Reading {
  readonly scenario: Scenario | null;
  /** In order of file, line and column. */
  readonly complaints: readonly Complaint[];
}

/**
 * Reads a scenario out of texts by their paths relative to the scenario's folder: `slow-site.yaml`,
 * `clusters/webshop/objects.yaml`, `clusters/webshop/traffic.yaml`. Pure, and throws for nothing an author can write.
 */
export function readScenario(files: Readonly<Record<string, string>>, file: string): Reading {
  const text = Object.hasOwn(files, file) ? files[file] : undefined;
  if (text === undefined) return { scenario: null, complaints: [nowhere(file, 'There is no such file.', 'Check the path.', 'no-file')] };
  const { source, complaints: unreadable } = parseYaml(file, text);
  if (source.value === null) {
    const complaints = unreadable.length > 0 ? unreadable : [nowhere(file, 'The file is empty.', 'Write a scenario: it begins with gameday: 1.', 'empty')];
    return { scenario: null, complaints: inOrder(complaints) };
  }
  if (typeof source.value !== 'object' || Array.isArray(source.value)) {
    return { scenario: null, complaints: [nowhere(file, 'This is no scenario.', 'A scenario is a map that begins with gameday: 1.', 'type')] };
  }
  const fitted = fit(scenarioShape, source, BLANK, 'the scenario');
  const cluster = readCluster(files, source);
  const complaints = [...unreadable, ...fitted.complaints, ...cluster.complaints];
  if (fitted.value === null) return { scenario: null, complaints: inOrder(complaints) };
  const names = new ClusterNames(cluster.files?.objects.map(({ object }) => object) ?? [], cluster.files?.traffic ?? null);
  const subject: Subject = { scenario: fitted.value, written: source.value as Subject['written'], place: fitted.place, wrote: fitted.wrote, whole: unreadable.length + fitted.complaints.length === 0, cluster: cluster.files, names };
  const complain: Complain = (place, rule, problem, cure, severity = 'error') => complaints.push({ ...place, severity, problem, cure, rule });
  const wrong = (): boolean => complaints.some(({ severity }) => severity === 'error');
  for (const rule of RULES) rule(subject, complain);
  if (!wrong()) for (const rule of AFTERTHOUGHTS) rule(subject, complain);
  return { scenario: wrong() ? null : buildScenario(fitted.value, names), complaints: inOrder(complaints) };
}

/**
 * The paths of the files that a scenario's text refers to, for whoever has to fetch them: [] where it names no
 * cluster. They are as written and may lead anywhere; {@link clusterTrouble} says what is wrong with them.
 */
export function clusterFilesOf(cluster: string): readonly [objects: string, traffic: string] {
  const folder = cluster.replace(/\/+$/, '');
  return [`${folder}/objects.yaml`, `${folder}/traffic.yaml`];
}

/** Why a text cannot be the folder of a cluster, or null: a relative path inside the scenario's own folder. */
export function clusterTrouble(cluster: string): string | null {
  if (cluster.startsWith('/') || /^[A-Za-z]:/.test(cluster) || cluster.includes('\\')) return `${quoted(cluster)} is no path relative to this file`;
  if (cluster.split('/').includes('..')) return `${quoted(cluster)} leads out of the scenario's folder`;
  return /^[\w.-]+(?:\/[\w.-]+)*\/?$/.test(cluster) ? null : `${quoted(cluster)} is no path of a folder`;
}

/** What stands in for a missing part, so that the rules can look at the rest of the scenario. */
const BLANK = {
  gameday: 1, title: 'untitled', timebox: '45m', synopsis: 'none', secret: 'none', cluster: '', slo: { service: '', objective: 0.99, latency: '1s' },
  stages: {}, verdict: {},
} as const;

function readCluster(files: Readonly<Record<string, string>>, source: YamlSource): { files: ClusterFiles | null; complaints: readonly Complaint[] } {
  const written = (source.value as { cluster?: unknown }).cluster;
  if (typeof written !== 'string') return { files: null, complaints: [] };
  const complain = (problem: string, cure: string): { files: null; complaints: readonly Complaint[] } => ({
    files: null,
    complaints: [{ ...source.placeOf(['cluster']), severity: 'error', problem, cure, rule: 'cluster' }],
  });
  const trouble = clusterTrouble(written);
  if (trouble !== null) return complain(`${trouble}.`, 'Write one such as clusters/webshop.');
  const [objectsFile, trafficFile] = clusterFilesOf(written);
  const objects = Object.hasOwn(files, objectsFile) ? files[objectsFile] : undefined;
  const traffic = Object.hasOwn(files, trafficFile) ? files[trafficFile] : undefined;
  if (objects === undefined || traffic === undefined) {
    return complain(`There is no file ${quoted(objects === undefined ? objectsFile : trafficFile)}.`, 'A cluster is a folder with objects.yaml and traffic.yaml.');
  }
  const read = readClusterFiles(objectsFile, objects, trafficFile, traffic);
  return { files: read, complaints: read.complaints };
}

function nowhere(file: string, problem: string, cure: string, rule: string): Complaint {
  return { file, line: 1, col: 1, severity: 'error', problem, cure, rule };
}
