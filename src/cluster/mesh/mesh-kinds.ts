import { customKind } from '../custom-kind.ts';
import type { KubeObject } from '../objects.ts';

/** The kinds of Istio that act here, as the store names them. */
export const AUTHORIZATION_POLICY = customKind({ kind: 'AuthorizationPolicy', plural: 'authorizationpolicies', group: 'security.istio.io', namespaced: true });
export const PEER_AUTHENTICATION = customKind({ kind: 'PeerAuthentication', plural: 'peerauthentications', group: 'security.istio.io', namespaced: true });
export const VIRTUAL_SERVICE = customKind({ kind: 'VirtualService', plural: 'virtualservices', group: 'networking.istio.io', namespaced: true });
export const DESTINATION_RULE = customKind({ kind: 'DestinationRule', plural: 'destinationrules', group: 'networking.istio.io', namespaced: true });

/** Where policies hold for the whole mesh. */
export const ROOT_NAMESPACE = 'istio-system';
export const DATAPLANE_MODE = 'istio.io/dataplane-mode';

export function isMeshKind(kind: string): boolean {
  return kind.endsWith('.istio.io');
}

/** Istio in its ambient mode, as its charts install it: definitions, control plane, a tunnel on each node. */
export function meshObjects(): KubeObject[] {
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ROOT_NAMESPACE } },
    definition('security.istio.io', ['v1', 'v1beta1'], { kind: 'AuthorizationPolicy', plural: 'authorizationpolicies', singular: 'authorizationpolicy', shortNames: ['ap'] }, [{ name: 'Action', jsonPath: '.spec.action' }]),
    definition('security.istio.io', ['v1', 'v1beta1'], { kind: 'PeerAuthentication', plural: 'peerauthentications', singular: 'peerauthentication', shortNames: ['pa'] }, [{ name: 'Mode', jsonPath: '.spec.mtls.mode' }]),
    definition('networking.istio.io', ['v1', 'v1beta1', 'v1alpha3'], { kind: 'VirtualService', plural: 'virtualservices', singular: 'virtualservice', shortNames: ['vs'] }, [{ name: 'Gateways', jsonPath: '.spec.gateways' }, { name: 'Hosts', jsonPath: '.spec.hosts' }]),
    definition('networking.istio.io', ['v1', 'v1beta1', 'v1alpha3'], { kind: 'DestinationRule', plural: 'destinationrules', singular: 'destinationrule', shortNames: ['dr'] }, [{ name: 'Host', jsonPath: '.spec.host' }]),
    workload('Deployment', 'istiod', 'docker.io/istio/pilot:1.26.2', { replicas: 1 }),
    workload('DaemonSet', 'ztunnel', 'docker.io/istio/ztunnel:1.26.2', {}),
  ];
  return objects as unknown as KubeObject[];
}

function definition(group: string, versions: readonly string[], names: { readonly kind: string; readonly plural: string; readonly singular: string; readonly shortNames: readonly string[] }, columns: readonly { readonly name: string; readonly jsonPath: string }[]): object {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } };
  const additionalPrinterColumns = [...columns.map((column) => ({ ...column, type: 'string' })), { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }];
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${names.plural}.${group}`, labels: { app: 'istio-pilot', release: 'istio' } },
    spec: { group, scope: 'Namespaced', names: { ...names, listKind: `${names.kind}List`, categories: ['istio-io'] }, versions: versions.map((name, nth) => ({ name, served: true, storage: nth === 0, schema, subresources: { status: {} }, additionalPrinterColumns })) },
  };
}

function workload(kind: string, app: string, image: string, extra: object): object {
  return {
    apiVersion: 'apps/v1', kind, metadata: { name: app, namespace: ROOT_NAMESPACE, labels: { app } },
    spec: { ...extra, selector: { matchLabels: { app } }, template: { metadata: { labels: { app } }, spec: { terminationGracePeriodSeconds: 5, containers: [{ name: app, image, resources: { requests: { cpu: '50m', memory: '128Mi' } } }] } } },
  };
}
