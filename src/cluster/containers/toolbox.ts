import { DISK_COMMANDS } from '../programs/disk-commands.ts';
import { FILE_COMMANDS } from '../programs/file-commands.ts';
import { NETWORK_COMMANDS } from '../programs/network-commands.ts';
import { ROOT_COMMANDS } from '../programs/root-commands.ts';
import { SYSTEM_COMMANDS } from '../programs/system-commands.ts';
import { AGNHOST_COMMANDS } from '../programs/agnhost.ts';
import { CLIENT_COMMANDS } from '../programs/client-commands.ts';
import { KAFKA_COMMANDS } from '../programs/kafka-tools.ts';
import { kubectl } from '../programs/kubectl.ts';
import { openssl } from '../programs/openssl.ts';
import { TAR_COMMANDS } from '../programs/tar.ts';
import { TEXT_COMMANDS } from '../programs/text-commands.ts';
import type { PublicImage } from '../registry/catalogue.ts';
import type { Program } from '../shell/machine.ts';

/** All commands that any image may have. */
const COMMANDS: Readonly<Record<string, Program>> = Object.assign(Object.create(null) as Record<string, Program>, FILE_COMMANDS, TEXT_COMMANDS, SYSTEM_COMMANDS, NETWORK_COMMANDS, ROOT_COMMANDS, TAR_COMMANDS, CLIENT_COMMANDS, DISK_COMMANDS, KAFKA_COMMANDS, AGNHOST_COMMANDS, { kubectl, openssl });

/** Commands that come with busybox but with no slim Debian, and the other way round. */
const BUSYBOX_ONLY: ReadonlySet<string> = new Set(['ash', 'ps', 'top', 'free', 'nslookup', 'wget', 'nc', 'ping', 'telnet', 'traceroute', 'vi', 'ip', 'ifconfig', 'netstat', 'pgrep', 'pkill', 'uptime', 'clear', 'reset', 'ipcalc', 'awk', 'time']);
const DEBIAN_ONLY: ReadonlySet<string> = new Set(['bash', 'dash', 'getent']);
/** What is in no image unless it says so. */
const EXTRA: ReadonlySet<string> = new Set(['curl', 'dig', 'host', 'psql', 'pg_isready', 'pg_dump', 'redis-cli', 'valkey-cli', 'redis-server', 'mysql', 'mysqladmin', 'mysqldump', 'mariadb', 'nginx', 'perl', 'python', 'python3', 'node', 'npm', 'go', 'java', 'ruby', 'php', 'stress', 'agnhost', 'agnhost-2', 'mounttest', 'tini', 'dumb-init', 'ss', 'tcpdump', 'jq', 'kubectl', 'openssl', ...Object.keys(KAFKA_COMMANDS)]);
const EVERYWHERE_OF_EVERYTHING: readonly string[] = ['curl', 'dig', 'host', 'ss', 'tini', 'getent', 'openssl'];

/** The names of the commands that an image has. */
export function commandsOf({ tools, extra }: Pick<PublicImage, 'tools' | 'extra'>): ReadonlySet<string> {
  const names = new Set<string>();
  if (tools === 'none') return new Set(extra);
  for (const name of Object.keys(COMMANDS)) {
    if (EXTRA.has(name)) continue;
    if (tools === 'debian' && BUSYBOX_ONLY.has(name) && name !== 'awk') continue;
    if ((tools === 'busybox' || tools === 'alpine') && DEBIAN_ONLY.has(name) && !(tools === 'alpine' && name === 'getent')) continue;
    names.add(name);
  }
  if (tools === 'everything') for (const name of EVERYWHERE_OF_EVERYTHING) if (COMMANDS[name] !== undefined) names.add(name);
  for (const name of extra) if (COMMANDS[name] !== undefined) names.add(name);
  return names;
}

export function commandProgram(name: string): Program | undefined {
  return COMMANDS[name];
}
