import { describe, expect, test } from 'vitest';
import { onNode } from '../../support/a-node-shell.ts';
import { ContainerCluster } from '../../support/container-cluster.ts';

function run(world: ContainerCluster, script: string, node = 'node-1'): string {
  const said = onNode(world.cluster, node, script);
  world.wait('20s');
  return said();
}

describe('a shell on a node', () => {
  test('finds the kernel’s settings, changes them, and loses them at the next boot', () => {
    const world = new ContainerCluster();
    expect(run(world, 'sysctl net.netfilter.nf_conntrack_max; cat /proc/sys/net/ipv4/ip_local_port_range; hostname')).toBe('net.netfilter.nf_conntrack_max = 131072\n32768\t60999\nnode-1');
    expect(run(world, 'sysctl -w net.netfilter.nf_conntrack_max=262144; echo 1024 65535 > /proc/sys/net/ipv4/ip_local_port_range; sysctl -n net.ipv4.ip_local_port_range')).toBe('net.netfilter.nf_conntrack_max = 262144\n1024\t65535');
    expect(run(world, 'sysctl -w net.made.up=1; sysctl -w net.netfilter.nf_conntrack_max=many')).toBe('sysctl: cannot stat /proc/sys/net/made/up: No such file or directory\nsysctl: setting key "net.netfilter.nf_conntrack_max": Invalid argument');
    run(world, 'echo net.core.somaxconn = 8192 >> /etc/sysctl.d/90-own.conf; reboot');
    world.wait('3m');
    expect(run(world, 'sysctl -n net.netfilter.nf_conntrack_max net.core.somaxconn')).toBe('131072\n8192');
  });

  test('names the services in the state asked for, and none where all is well', () => {
    const world = new ContainerCluster();
    expect(run(world, 'systemctl list-units --state=failed')).toMatch(/UNIT +LOAD +ACTIVE +SUB +DESCRIPTION\n\n0 loaded units listed\.$/);
    run(world, 'systemctl stop chronyd');
    expect(run(world, 'systemctl list-units --state inactive,failed --no-legend --no-pager')).toMatch(/^\s*chrony\.service +loaded inactive dead .*$/);
    expect(run(world, 'systemctl list-units --type=service --state=running --no-legend "kube*"')).toMatch(/^\s*kubelet\.service +loaded active +running .*$/);
    expect(run(world, 'systemctl list-units --type=mount --no-legend')).toBe('');
  });

  test('counts the files of a disk apart from its bytes', () => {
    const world = new ContainerCluster();
    const [, all, used, free, share] = /^\/dev\/vda1 +(\d+) +(\d+) +(\d+) +(\d+)% \/$/m.exec(run(world, 'df -i')) ?? [];
    expect(Number(used) + Number(free)).toBe(Number(all));
    expect(Number(share)).toBe(Math.ceil((Number(used) * 100) / Number(all)));
    expect(run(world, 'df -i')).toMatch(/^Filesystem +Inodes +IUsed +IFree IUse% Mounted on$/m);
    expect(run(world, 'df')).not.toContain(String(all));
  });

  test('is of one node alone', () => {
    const world = new ContainerCluster();
    run(world, 'sysctl -w vm.swappiness=1; touch /root/seen');
    expect(run(world, 'sysctl -n vm.swappiness; ls /root', 'node-2')).toBe('60');
    expect(run(world, 'ls /root')).toBe('seen');
  });

  test('stops, starts and looks at services', () => {
    const world = new ContainerCluster();
    expect(run(world, 'systemctl is-active kubelet containerd chronyd')).toBe('active\nactive\nactive');
    expect(run(world, 'systemctl status made-up')).toBe('Unit made-up.service could not be found.');
    run(world, 'systemctl stop kubelet');
    world.wait('2m');
    const ready = (): string | undefined => world.cluster.plane.store.get('Node', '', 'node-1')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    expect(ready()).toBe('Unknown');
    expect(run(world, 'ssh node-1 systemctl status kubelet', 'node-2')).toMatch(/○ kubelet.service[\s\S]*Active: inactive \(dead\)[\s\S]*systemd\[1\]: Stopped kubelet.service/);
    expect(run(world, 'ssh root@node-1 "systemctl start kubelet && systemctl is-active kubelet"', 'node-2')).toBe('active');
    expect(ready()).toBe('True');
  });

  test('starts a kubelet again that was killed, but not with a configuration that it cannot read', () => {
    const world = new ContainerCluster();
    run(world, 'pkill kubelet');
    expect(run(world, 'journalctl -u kubelet')).toMatch(/Main process exited, code=killed[\s\S]*Scheduled restart job/);
    run(world, "sed -i 's/maxPods: 110/maxPods: many/' /var/lib/kubelet/config.yaml; systemctl restart kubelet");
    world.wait('2m');
    expect(run(world, 'ssh node-1 journalctl -u kubelet -n 4', 'node-2')).toContain('cannot unmarshal string into Go struct field KubeletConfiguration.maxPods');
    run(world, `ssh node-1 "sed -i 's/maxPods: many/maxPods: 110/' /var/lib/kubelet/config.yaml"`, 'node-2');
    world.wait('30s');
    expect(world.cluster.plane.store.get('Node', '', 'node-1')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  });

  test('goes on serving what runs while nobody tends it, and tends it again afterwards', () => {
    const world = new ContainerCluster();
    world.pod('web', { image: 'nginx:1.27', readinessProbe: { httpGet: { port: 80 } } }, { nodeName: 'node-1' });
    world.wait('30s');
    run(world, 'systemctl stop kubelet');
    world.pod('late', { image: 'nginx:1.27' }, { nodeName: 'node-1' });
    world.wait('1m');
    expect(world.get('late').status?.phase ?? 'Pending').toBe('Pending');
    expect(world.get('web').status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('False');
    expect(world.status('web')?.state?.running).toBeDefined();
    run(world, 'ssh node-1 systemctl restart kubelet', 'node-2');
    expect(world.status('late')?.state?.running).toBeDefined();
    expect(world.get('web').status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(world.status('web')?.restartCount).toBe(0);
  });

  test('ends with its node, once, and what is to run for ever runs again', () => {
    const world = new ContainerCluster();
    world.pod('web', { image: 'nginx:1.27' }, { nodeName: 'node-1' });
    world.wait('30s');
    run(world, 'reboot');
    world.wait('4m');
    const shell = world.cluster.plane.store.list('Pod', 'default').find(({ metadata }) => metadata.name.startsWith('node-debugger'));
    expect(shell?.status?.phase).toBe('Failed');
    expect(shell?.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 255, reason: 'Unknown' });
    expect(world.status('web')).toMatchObject({ restartCount: 1, state: { running: {} } });
    expect(run(world, 'uptime')).toMatch(/up [345] min/);
    world.cluster.api.delete({ kind: 'Pod', namespace: 'default', name: shell?.metadata.name ?? '' });
    world.wait('1m');
    expect(world.cluster.plane.store.get('Pod', 'default', shell?.metadata.name ?? '')).toBeUndefined();
  });

  test('steps a clock that is wrong', () => {
    const world = new ContainerCluster();
    const host = world.cluster.hosts.of('node-1');
    if (host === null) throw new Error('no node');
    host.units.stop(host.units.find('chronyd') as NonNullable<ReturnType<typeof host.units.find>>);
    host.clockMs = 400_000;
    expect(run(world, 'chronyc tracking; timedatectl | grep synchronized')).toBe('506 Cannot talk to daemon\nSystem clock synchronized: no');
    expect(world.cluster.traffic.conditions.sum('clock-skew', 'node-1')).toBe(400_000);
    run(world, 'systemctl start chronyd');
    expect(run(world, 'chronyc tracking | grep System')).toBe('System time     : 0.000041000 seconds slow of NTP time');
    expect(world.cluster.traffic.conditions.moves('clock-skew')).toBe(false);
  });

  test('cannot be had of a node without power, whoever asks', () => {
    const world = new ContainerCluster();
    world.cluster.hosts.turnOff('node-1');
    expect(run(world, 'ssh node-1 hostname', 'node-2')).toBe('ssh: connect to host node-1 port 22: No route to host');
    world.cluster.hosts.turnOn('node-1');
    expect(run(world, 'ssh node-1 "hostname; systemctl is-active kubelet"', 'node-2')).toBe('node-1\nactive');
  });

  test('is reached by nobody who mounts nothing of it', () => {
    const world = new ContainerCluster();
    world.pod('plain', { image: 'busybox:1.36', command: ['sleep', 'infinity'] });
    world.wait('10s');
    expect(world.exec('plain', 'chroot', '/host', 'id').err).toBe("chroot: can't change root directory to '/host': No such file or directory\n");
    expect(world.exec('plain', 'nsenter', '-t', '1', '-m', 'id').err).toContain('Permission denied');
  });
});
