import type { KindMap } from '../../../../cluster/objects.ts';
import type { Call } from '../call.ts';
import { longInstant } from '../../../../cluster/printers/age.ts';
import { sortedEntries } from '../../../../cluster/printers/fields.ts';
import { describeEvents } from './events.ts';
import type { DescriptionWriter } from './writer.ts';

export function describeService(call: Call, service: KindMap['Service'], writer: DescriptionWriter): void {
  const { metadata, spec } = service;
  writer.row(0, 'Name:', metadata.name);
  writer.row(0, 'Namespace:', metadata.namespace ?? '');
  writer.map(0, 'Labels', metadata.labels);
  writer.map(0, 'Annotations', metadata.annotations, ': ');
  writer.joined('Selector', spec?.selector);
  writer.row(0, 'Type:', spec?.type ?? 'ClusterIP');
  writer.row(0, 'IP Family Policy:', spec?.ipFamilyPolicy ?? 'SingleStack');
  writer.row(0, 'IP Families:', (spec?.ipFamilies ?? ['IPv4']).join(','));
  writer.row(0, 'IP:', spec?.clusterIP ?? '');
  writer.row(0, 'IPs:', (spec?.clusterIPs ?? (spec?.clusterIP === undefined ? ['<none>'] : [spec.clusterIP])).join(','));
  for (const port of spec?.ports ?? []) {
    const protocol = port.protocol ?? 'TCP';
    writer.row(0, 'Port:', port.name ?? '<unset>', `${port.port}/${protocol}`);
    writer.row(0, 'TargetPort:', `${port.targetPort ?? port.port}/${protocol}`);
    if ((port.nodePort ?? 0) > 0) writer.row(0, 'NodePort:', port.name ?? '<unset>', `${port.nodePort}/${protocol}`);
    writer.row(0, 'Endpoints:', endpoints(call, service, port.name));
  }
  writer.row(0, 'Session Affinity:', spec?.sessionAffinity ?? 'None');
  writer.row(0, 'Internal Traffic Policy:', spec?.internalTrafficPolicy ?? 'Cluster');
  describeEvents(call, service, writer);
}

/** Ready addresses of a Service's port, at most three of them written out; empty where none is ready. */
function endpoints(call: Call, service: KindMap['Service'], portName: string | undefined): string {
  const slices = call.api.list('EndpointSlice', service.metadata.namespace ?? '', [{ key: 'kubernetes.io/service-name', operator: 'In', values: [service.metadata.name] }]);
  const addresses = slices.flatMap((slice) => {
    const port = (slice.ports ?? []).find(({ name }) => (name ?? '') === (portName ?? '')) ?? slice.ports?.[0];
    return (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false)
      .flatMap((endpoint) => endpoint.addresses.map((address) => (port?.port === undefined ? address : `${address}:${port.port}`)));
  });
  const shown = addresses.slice(0, 3).join(',');
  return addresses.length > 3 ? `${shown} + ${addresses.length - 3} more...` : shown;
}

export function describeConfigMap(call: Call, map: KindMap['ConfigMap'], writer: DescriptionWriter): void {
  describeHead(map, writer);
  writer.row(0, '');
  writer.row(0, 'Data');
  writer.row(0, '====');
  for (const [key, value] of sortedEntries(map.data)) {
    writer.row(0, `${key}:`);
    writer.row(0, '----');
    writer.verbatim(value);
    writer.row(0, '');
  }
  writer.row(0, '');
  writer.row(0, 'BinaryData');
  writer.row(0, '====');
  for (const [key, value] of sortedEntries(map.binaryData)) writer.row(0, `${key}: ${Math.floor((value.length * 3) / 4)} bytes`);
  writer.row(0, '');
  describeEvents(call, map, writer);
}

export function describeNamespace(_call: Call, namespace: KindMap['Namespace'], writer: DescriptionWriter): void {
  writer.row(0, 'Name:', namespace.metadata.name);
  writer.map(0, 'Labels', namespace.metadata.labels);
  writer.map(0, 'Annotations', namespace.metadata.annotations, ': ');
  writer.row(0, 'Status:', namespace.status?.phase ?? 'Active');
  writer.row(0, '');
  writer.row(0, 'No resource quota.');
  writer.row(0, '');
  writer.row(0, 'No LimitRange resource.');
}

export function describeEndpointSlice(call: Call, slice: KindMap['EndpointSlice'], writer: DescriptionWriter): void {
  describeHead(slice, writer);
  writer.row(0, 'AddressType:', slice.addressType ?? 'IPv4');
  const ports = slice.ports ?? [];
  writer.row(0, 'Ports:', ...(ports.length === 0 ? ['<unset>'] : []));
  if (ports.length > 0) {
    writer.row(1, 'Name', 'Port', 'Protocol');
    writer.row(1, '----', '----', '--------');
    for (const port of ports) writer.row(1, port.name ?? '<unset>', String(port.port ?? '*'), port.protocol ?? 'TCP');
  }
  const all = slice.endpoints ?? [];
  writer.row(0, 'Endpoints:', ...(all.length === 0 ? ['<none>'] : []));
  for (const endpoint of all) {
    writer.row(1, `- Addresses:  ${endpoint.addresses.join(', ')}`);
    writer.row(2, 'Conditions:');
    writer.row(3, 'Ready:', String(endpoint.conditions?.ready ?? '<unset>'));
    writer.row(2, 'Hostname:', endpoint.hostname ?? '<unset>');
    if (endpoint.targetRef !== undefined) writer.row(2, 'TargetRef:', `${endpoint.targetRef.kind ?? ''}/${endpoint.targetRef.name ?? ''}`);
    writer.row(2, 'NodeName:', endpoint.nodeName ?? '<unset>');
    writer.row(2, 'Zone:', endpoint.zone ?? '<unset>');
  }
  describeEvents(call, slice, writer);
}

export function describeOneEvent(_call: Call, event: KindMap['Event'], writer: DescriptionWriter): void {
  describeHead(event, writer);
  writer.row(0, 'Involved Object:', `${event.involvedObject.kind ?? ''}/${event.involvedObject.name ?? ''}`);
  writer.row(0, 'Type:', event.type ?? 'Normal');
  writer.row(0, 'Reason:', event.reason ?? '');
  writer.row(0, 'Message:', event.message ?? '');
  writer.row(0, 'Count:', String(event.count ?? 1));
  writer.row(0, 'First Timestamp:', longInstant(event.firstTimestamp));
  writer.row(0, 'Last Timestamp:', longInstant(event.lastTimestamp));
}

function describeHead({ metadata }: KindMap['ConfigMap' | 'EndpointSlice' | 'Event'], writer: DescriptionWriter): void {
  writer.row(0, 'Name:', metadata.name);
  writer.row(0, 'Namespace:', metadata.namespace ?? '');
  writer.map(0, 'Labels', metadata.labels);
  writer.map(0, 'Annotations', metadata.annotations, ': ');
}
