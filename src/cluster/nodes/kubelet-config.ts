import { quantityBytes } from '../quantity.ts';

/** What the kubelet of a node was told by its configuration: a share of the machine's memory and disk that it wants to be free. */
export interface KubeletConfig {
  readonly memoryShare: number;
  readonly diskShare: number;
}

export const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml';

/** As kubeadm writes it. */
export const KUBELET_DEFAULTS = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
authorization:
  mode: Webhook
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
evictionHard:
  imagefs.available: 15%
  memory.available: 100Mi
  nodefs.available: 10%
  nodefs.inodesFree: 5%
kind: KubeletConfiguration
maxPods: 110
rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
`;

/** Reads a configuration: what the kubelet makes of it on a machine of that size, or why it does not start with it. */
export function readKubeletConfig(text: string | null, machine: { readonly memoryBytes: number; readonly diskBytes: number }): KubeletConfig | { readonly problem: string } {
  const failed = (why: string): { readonly problem: string } => ({ problem: `E0000 run.go:72] "command failed" err="failed to load kubelet config file, path: ${KUBELET_CONFIG}, error: ${why}"` });
  if (text === null) return failed(`open ${KUBELET_CONFIG}: no such file or directory`);
  const values = new Map<string, string>();
  for (const [nth, line] of text.split('\n').entries()) {
    const [, key, value = ''] = /^[\s-]*([A-Za-z.]+):\s*(.*?)\s*(?:#.*)?$/.exec(line) ?? [];
    if (key !== undefined) values.set(key, value.replaceAll(/^["']|["']$/g, ''));
    else if (line.trim() !== '' && !/^\s*(?:#|-)/.test(line)) return failed(`yaml: line ${nth + 1}: could not find expected ':'`);
  }
  if (values.get('kind') !== 'KubeletConfiguration') return failed(`no kind "${values.get('kind') ?? ''}" is registered for version "kubelet.config.k8s.io/v1beta1"`);
  const maxPods = values.get('maxPods') ?? '110';
  if (!/^\d+$/.test(maxPods)) return failed(`json: cannot unmarshal string into Go struct field KubeletConfiguration.maxPods of type int32`);
  const memoryShare = shareOf(values.get('memory.available') ?? '100Mi', machine.memoryBytes);
  const diskShare = Math.max(shareOf(values.get('nodefs.available') ?? '10%', machine.diskBytes), shareOf(values.get('imagefs.available') ?? '15%', machine.diskBytes));
  if (Number.isNaN(memoryShare) || Number.isNaN(diskShare)) return failed("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  return { memoryShare, diskShare };
}

/** A threshold such as `100Mi` or `15%` as a share of the whole. */
function shareOf(threshold: string, wholeBytes: number): number {
  if (/^\d+(?:\.\d+)?%$/.test(threshold)) return Number(threshold.slice(0, -1)) / 100;
  if (!/^\d+(?:\.\d+)?(?:[kKMGTP]i?)?$/.test(threshold)) return Number.NaN;
  return wholeBytes > 0 ? quantityBytes(threshold) / wholeBytes : 0;
}
