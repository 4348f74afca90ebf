import type { SimMs } from '../../time/sim-time.ts';
import { type FileNode, type Folder, folder, plainFile } from '../shell/file-system.ts';

/** What the files of a container begin with, beside its volumes. */
export interface Skeleton {
  readonly hostname: string;
  readonly podIp: string;
  readonly namespace: string;
  readonly family: 'alpine' | 'busybox' | 'debian';
  readonly commands: readonly string[];
  /** Files of the image itself, by path. */
  readonly own: Readonly<Record<string, string>>;
  readonly hostAliases: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
  /** `resolv.conf` as the pod's DNS policy has it. */
  readonly resolvConf: string;
  readonly terminationPath: string;
  readonly workingDir: string;
}

const OS_RELEASE = {
  alpine: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\nHOME_URL="https://alpinelinux.org/"\n',
  busybox: '',
  debian: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n',
} as const;

export function skeletonOf(skeleton: Skeleton, nowMs: SimMs): Folder {
  const { hostname, podIp, family } = skeleton;
  const root = folder(nowMs);
  for (const path of ['/bin', '/dev', '/etc', '/home', '/proc', '/root', '/run', '/sbin', '/sys', '/tmp', '/usr/bin', '/usr/local/bin', '/var/log', '/var/run', skeleton.workingDir]) folderAt(root, path, nowMs);
  (folderAt(root, '/tmp', nowMs)).mode = 0o777;
  const dev = folderAt(root, '/dev', nowMs);
  for (const device of ['null', 'zero', 'full', 'random', 'tty', 'stdin', 'stdout', 'stderr'] as const) dev.entries.set(device, { type: 'device', device });
  dev.entries.set('urandom', { type: 'device', device: 'random' });
  const fd = folderAt(root, '/proc/1/fd', nowMs);
  (['stdin', 'stdout', 'stderr'] as const).forEach((device, nth) => fd.entries.set(String(nth), { type: 'device', device }));
  folderAt(root, '/proc/self', nowMs).entries.set('fd', fd);
  dev.entries.set('fd', fd);
  const bin = folderAt(root, family === 'debian' ? '/usr/bin' : '/bin', nowMs);
  for (const command of skeleton.commands) bin.entries.set(command, plainFile(`\u007fELF${command}`, nowMs, 0o755));
  const aliases = skeleton.hostAliases.map(({ ip = '', hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`).join('');
  const files: Record<string, string> = {
    '/etc/hostname': `${hostname}\n`,
    '/etc/hosts': `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${podIp}\t${hostname}\n${aliases === '' ? '' : `\n# Entries added by HostAliases.\n${aliases}`}`,
    '/etc/resolv.conf': skeleton.resolvConf,
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
    '/etc/group': 'root:x:0:\nnogroup:x:65534:\n',
    '/proc/cpuinfo': [0, 1, 2, 3].map((nth) => `processor\t: ${nth}\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz\n\n`).join(''),
    '/proc/meminfo': 'MemTotal:       16388084 kB\nMemFree:         6540972 kB\nMemAvailable:   11739480 kB\n',
    '/proc/loadavg': '0.42 0.38 0.35 1/812 4711\n',
    '/proc/version': 'Linux version 6.1.0-28-amd64 (debian-kernel@lists.debian.org)\n',
    '/proc/uptime': '1209600.11 4410012.56\n',
    [skeleton.terminationPath]: '',
    ...(OS_RELEASE[family] === '' ? {} : { '/etc/os-release': OS_RELEASE[family] }),
    ...skeleton.own,
  };
  for (const [path, bytes] of Object.entries(files)) put(root, path, plainFile(bytes, nowMs, path === skeleton.terminationPath ? 0o666 : 0o644), nowMs);
  return root;
}

/** The folder at a path, made where it is missing. */
function folderAt(root: Folder, path: string, nowMs: SimMs): Folder {
  let at = root;
  for (const part of path.split('/')) {
    if (part === '') continue;
    const next = at.entries.get(part);
    const inner = next?.type === 'folder' ? next : folder(nowMs);
    if (next !== inner) at.entries.set(part, inner);
    at = inner;
  }
  return at;
}

function put(root: Folder, path: string, node: FileNode, nowMs: SimMs): void {
  const at = path.lastIndexOf('/');
  folderAt(root, path.slice(0, at), nowMs).entries.set(path.slice(at + 1), node);
}
