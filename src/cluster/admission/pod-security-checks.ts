import type { Container, PodSpec, SecurityContext } from 'kubernetes-types/core/v1';
import { compareTexts } from '../../time/text-order.ts';

/** A standard that pods are held to. Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/. */
export type SecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** What a pod does that a standard forbids: `host namespaces`, and which parts of it do: `hostNetwork=true`. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** What in a pod breaks a standard, in the words and the order of Kubernetes' own checks (k8s.io/pod-security-admission, latest version). */
export function violations(spec: PodSpec, annotations: Readonly<Record<string, string>>, level: SecurityLevel): readonly Violation[] {
  if (level === 'privileged') return [];
  const pod: Checked = { spec, annotations, containers: [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...((spec.ephemeralContainers ?? []) as readonly Container[])] };
  const checks = level === 'baseline' ? [...BASELINE, ...RELAXED] : [...BASELINE, ...RESTRICTED];
  return checks.flatMap(([reason, check]) => {
    const detail = check(pod);
    return detail === null || detail === '' ? [] : [{ reason, detail }];
  });
}

interface Checked {
  readonly spec: PodSpec;
  readonly annotations: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
}

/** What the pod does that it may not; null where it does not. */
type Check = readonly [reason: string, check: (pod: Checked) => string | null];

/** Of both standards. */
const BASELINE: readonly Check[] = [
  ['forbidden AppArmor profile', ({ annotations }) => {
    const wrong = Object.entries(annotations).find(([key, value]) => key.startsWith('container.apparmor.security.beta.kubernetes.io/') && !/^(?:runtime\/default|localhost\/.*|)$/.test(value));
    return wrong === undefined ? null : `${wrong[0]}=${JSON.stringify(wrong[1])}`;
  }],
  ['host namespaces', ({ spec }) => (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true).map((field) => `${field}=true`).join(', ')],
  ['hostPort', ({ containers }) => {
    const bad = containers.filter(({ ports = [] }) => ports.some(({ hostPort = 0 }) => hostPort !== 0));
    const ports = [...new Set(bad.flatMap(({ ports: all = [] }) => all.map(({ hostPort = 0 }) => hostPort)))].filter((port) => port !== 0).sort((left, right) => left - right);
    return bad.length === 0 ? null : `${named(bad)} ${bad.length === 1 ? 'uses' : 'use'} ${ports.length === 1 ? 'hostPort' : 'hostPorts'} ${ports.join(', ')}`;
  }],
  ['privileged', ({ containers }) => must(containers, ({ privileged }) => privileged === true, 'must not set securityContext.privileged=true')],
  ['procMount', ({ containers }) => {
    const bad = containers.filter(({ securityContext }) => (securityContext?.procMount ?? 'Default') !== 'Default');
    return bad.length === 0 ? null : `${named(bad)} must not set securityContext.procMount to ${quoted(bad.map(({ securityContext }) => securityContext?.procMount ?? ''))}`;
  }],
  ['seLinuxOptions', ({ spec, containers }) => {
    const options = [spec.securityContext?.seLinuxOptions, ...containers.map(({ securityContext }) => securityContext?.seLinuxOptions)];
    const types = options.flatMap((one) => (one?.type === undefined || SELINUX_TYPES.has(one.type) ? [] : [one.type]));
    const told = [types.length === 0 ? '' : `${types.length === 1 ? 'type' : 'types'} ${quoted(types)}`, options.some((one) => (one?.user ?? '') !== '') ? 'user may not be set' : '', options.some((one) => (one?.role ?? '') !== '') ? 'role may not be set' : ''].filter((one) => one !== '');
    return told.length === 0 ? null : `pod or containers set forbidden securityContext.seLinuxOptions: ${told.join('; ')}`;
  }],
  ['forbidden sysctls', ({ spec }) => (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !SAFE_SYSCTLS.has(name)).join(', ')],
  ['hostProcess', ({ spec, containers }) => {
    const bad = containers.filter(({ securityContext }) => hostProcess(securityContext));
    return [hostProcess(spec.securityContext) ? 'pod' : '', bad.length === 0 ? '' : named(bad)].filter((one) => one !== '').map((who) => `${who} must not set securityContext.windowsOptions.hostProcess=true`).join(' and ');
  }],
];

/** Of the baseline alone; the restricted standard has stricter ones in their place. */
const RELAXED: readonly Check[] = [
  ['non-default capabilities', ({ containers }) => {
    const bad = containers.filter((container) => added(container).some((one) => !DEFAULT_CAPABILITIES.has(one)));
    const capabilities = [...new Set(bad.flatMap(added).filter((one) => !DEFAULT_CAPABILITIES.has(one)))].sort(compareTexts);
    return bad.length === 0 ? null : `${named(bad)} must not include ${quoted(capabilities)} in securityContext.capabilities.add`;
  }],
  ['hostPath volumes', ({ spec }) => {
    const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
    return bad.length === 0 ? null : `${bad.length === 1 ? 'volume' : 'volumes'} ${quoted(bad)}`;
  }],
  ['seccompProfile', ({ spec, containers }) => {
    const bad = containers.filter(({ securityContext }) => securityContext?.seccompProfile?.type === 'Unconfined');
    const who = [spec.securityContext?.seccompProfile?.type === 'Unconfined' ? 'pod' : '', bad.length === 0 ? '' : named(bad)].filter((one) => one !== '');
    return who.length === 0 ? null : `${who.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined"`;
  }],
];

const RESTRICTED: readonly Check[] = [
  ['allowPrivilegeEscalation != false', ({ containers }) => must(containers, ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false, 'must set securityContext.allowPrivilegeEscalation=false')],
  ['unrestricted capabilities', ({ containers }) => {
    const undropped = containers.filter(({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true);
    const adding = containers.filter((container) => added(container).some((one) => one !== 'NET_BIND_SERVICE'));
    const capabilities = [...new Set(adding.flatMap(added).filter((one) => one !== 'NET_BIND_SERVICE'))].sort(compareTexts);
    return [undropped.length === 0 ? '' : `${named(undropped)} must set securityContext.capabilities.drop=["ALL"]`, adding.length === 0 ? '' : `${named(adding)} must not include ${quoted(capabilities)} in securityContext.capabilities.add`].filter((one) => one !== '').join('; ');
  }],
  ['restricted volume types', ({ spec }) => {
    const bad = (spec.volumes ?? []).flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name' && !VOLUME_TYPES.has(key)).map((type) => ({ name: volume.name, type })));
    const types = [...new Set(bad.map(({ type }) => type))].sort(compareTexts);
    return bad.length === 0 ? null : `${bad.length === 1 ? 'volume' : 'volumes'} ${quoted(bad.map(({ name }) => name))} ${bad.length === 1 ? 'uses' : 'use'} restricted volume ${types.length === 1 ? 'type' : 'types'} ${quoted(types)}`;
  }],
  ['runAsNonRoot != true', ({ spec, containers }) => {
    const ofPod = spec.securityContext?.runAsNonRoot;
    const refusing = containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === false);
    const explicit = [ofPod === false ? 'pod must not set securityContext.runAsNonRoot=false' : '', refusing.length === 0 ? '' : `${named(refusing)} must not set securityContext.runAsNonRoot=false`].filter((one) => one !== '');
    if (explicit.length > 0) return explicit.join(' and ');
    const silent = ofPod === true ? [] : containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === undefined);
    return silent.length === 0 ? null : `pod or ${named(silent)} must set securityContext.runAsNonRoot=true`;
  }],
  ['runAsUser=0', ({ spec, containers }) => {
    const bad = containers.filter(({ securityContext }) => securityContext?.runAsUser === 0);
    return [spec.securityContext?.runAsUser === 0 ? 'pod' : '', bad.length === 0 ? '' : named(bad)].filter((one) => one !== '').map((who) => `${who} must not set runAsUser=0`).join(' and ');
  }],
  ['seccompProfile', ({ spec, containers }) => {
    const fine = (type: string | undefined): boolean => type === 'RuntimeDefault' || type === 'Localhost';
    const ofPod = spec.securityContext?.seccompProfile?.type;
    const wrong = containers.filter(({ securityContext }) => securityContext?.seccompProfile?.type !== undefined && !fine(securityContext.seccompProfile.type));
    const explicit = [ofPod !== undefined && !fine(ofPod) ? `pod must not set securityContext.seccompProfile.type to ${JSON.stringify(ofPod)}` : '', wrong.length === 0 ? '' : `${named(wrong)} must not set securityContext.seccompProfile.type to ${quoted([...new Set(wrong.map(({ securityContext }) => securityContext?.seccompProfile?.type ?? ''))])}`].filter((one) => one !== '');
    if (explicit.length > 0) return explicit.join(' and ');
    const silent = fine(ofPod) ? [] : containers.filter(({ securityContext }) => securityContext?.seccompProfile?.type === undefined);
    return silent.length === 0 ? null : `pod or ${named(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  }],
];

const DEFAULT_CAPABILITIES = new Set(['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']);
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem',
]);
const VOLUME_TYPES = new Set(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret', 'image']);

function must(containers: readonly Container[], breaks: (context: SecurityContext) => boolean, what: string): string | null {
  const bad = containers.filter(({ securityContext = {} }) => breaks(securityContext));
  return bad.length === 0 ? null : `${named(bad)} ${what}`;
}

function hostProcess(context: { readonly windowsOptions?: { readonly hostProcess?: boolean } } | undefined): boolean {
  return context?.windowsOptions?.hostProcess === true;
}

function added({ securityContext }: Container): readonly string[] {
  return securityContext?.capabilities?.add ?? [];
}

/** `container "a"`, `containers "a", "b"`. */
function named(containers: readonly Container[]): string {
  return `${containers.length === 1 ? 'container' : 'containers'} ${quoted(containers.map(({ name }) => name))}`;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => JSON.stringify(word)).join(', ');
}
