import type { Deployment, ReplicaSet, StatefulSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Event, Namespace, Node, Pod, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** What the store holds: Kubernetes' own JSON. Frozen in spirit: a change is a new object. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: ObjectMeta & { readonly name: string };
}

type Stored<Schema, K extends string> = Schema & { apiVersion: string; kind: K; metadata: ObjectMeta & { name: string } };

/** The kinds that the cluster knows, each with the type of its objects. */
export interface KindMap {
  Namespace: Stored<Namespace, 'Namespace'>;
  Node: Stored<Node, 'Node'>;
  Pod: Stored<Pod, 'Pod'>;
  Service: Stored<Service, 'Service'>;
  ConfigMap: Stored<ConfigMap, 'ConfigMap'>;
  Event: Stored<Event, 'Event'>;
  Deployment: Stored<Deployment, 'Deployment'>;
  ReplicaSet: Stored<ReplicaSet, 'ReplicaSet'>;
  StatefulSet: Stored<StatefulSet, 'StatefulSet'>;
  EndpointSlice: Stored<EndpointSlice, 'EndpointSlice'>;
}

export type Kind = keyof KindMap;

export interface Resource {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly plural: string;
  readonly singular: string;
  readonly short: readonly string[];
  readonly namespaced: boolean;
}

/** One row per kind: names on the command line, in URLs and in error texts all come from here. */
export const RESOURCES = {
  Namespace: { kind: 'Namespace', apiVersion: 'v1', plural: 'namespaces', singular: 'namespace', short: ['ns'], namespaced: false },
  Node: { kind: 'Node', apiVersion: 'v1', plural: 'nodes', singular: 'node', short: ['no'], namespaced: false },
  Pod: { kind: 'Pod', apiVersion: 'v1', plural: 'pods', singular: 'pod', short: ['po'], namespaced: true },
  Service: { kind: 'Service', apiVersion: 'v1', plural: 'services', singular: 'service', short: ['svc'], namespaced: true },
  ConfigMap: { kind: 'ConfigMap', apiVersion: 'v1', plural: 'configmaps', singular: 'configmap', short: ['cm'], namespaced: true },
  Event: { kind: 'Event', apiVersion: 'v1', plural: 'events', singular: 'event', short: ['ev'], namespaced: true },
  Deployment: { kind: 'Deployment', apiVersion: 'apps/v1', plural: 'deployments', singular: 'deployment', short: ['deploy'], namespaced: true },
  ReplicaSet: { kind: 'ReplicaSet', apiVersion: 'apps/v1', plural: 'replicasets', singular: 'replicaset', short: ['rs'], namespaced: true },
  StatefulSet: { kind: 'StatefulSet', apiVersion: 'apps/v1', plural: 'statefulsets', singular: 'statefulset', short: ['sts'], namespaced: true },
  EndpointSlice: { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', singular: 'endpointslice', short: [], namespaced: true },
} as const satisfies Record<Kind, Resource>;

/** `Ref` names one object; `namespace` is '' for kinds without one. */
export interface Ref {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}
