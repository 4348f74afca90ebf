import { KUBELET_CONFIG, KUBELET_DEFAULTS } from './kubelet-config.ts';

/** What is on the disk of a node, as far as people look: paths and what they hold. */
export function diskOf(name: string, ip: string): Readonly<Record<string, string>> {
  return {
    '/etc/hosts': `127.0.0.1\tlocalhost\n${ip}\t${name}\n`,
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n_chrony:x:105:112:Chrony daemon:/var/lib/chrony:/usr/sbin/nologin\nsshd:x:106:65534::/run/sshd:/usr/sbin/nologin\n',
    '/etc/chrony/chrony.conf': 'pool 2.debian.pool.ntp.org iburst\ndriftfile /var/lib/chrony/chrony.drift\nmakestep 1 3\nrtcsync\n',
    '/etc/containerd/config.toml': 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "registry.k8s.io/pause:3.10"\n  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]\n    SystemdCgroup = true\n',
    '/etc/kubernetes/kubelet.conf': `apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority: /etc/kubernetes/pki/ca.crt\n    server: https://10.0.0.1:6443\n  name: default-cluster\ncurrent-context: default-auth\ncontexts:\n- context:\n    cluster: default-cluster\n    user: default-auth\n  name: default-auth\nusers:\n- name: default-auth\n  user:\n    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem\n`,
    '/etc/sysctl.conf': '# See /etc/sysctl.d/ and sysctl.conf (5).\n',
    '/etc/sysctl.d/99-kubernetes.conf': 'net.bridge.bridge-nf-call-iptables = 1\nnet.ipv4.ip_forward = 1\n',
    '/etc/systemd/network/10-eth0.network': '[Match]\nName=eth0\n\n[Network]\nDHCP=yes\n',
    '/etc/systemd/networkd.conf': '[Network]\n#ManageForeignRoutes=yes\n',
    '/etc/cron.d/.placeholder': '',
    [KUBELET_CONFIG]: KUBELET_DEFAULTS,
    '/var/log/apt/history.log': '',
    '/var/lib/containerd/.keep': '', '/opt/cni/bin/.keep': '', '/var/lib/kubelet/pods/.keep': '', '/var/log/pods/.keep': '',
  };
}

/** Share of the disk that is free. */
export const FREE_DISK = 0.62;
