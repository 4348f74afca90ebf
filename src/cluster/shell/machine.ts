import type { AccountClient } from '../containers/account-client.ts';
import type { Destination } from '../containers/network.ts';
import type { Listener } from '../containers/servers.ts';
import type { DataServers } from '../data/data-servers.ts';
import type { FileSystem } from './file-system.ts';
import type { Process, ProcessTable, Steps } from './process.ts';
import type { Io } from './streams.ts';

/** What a container's first process and its whole node do now: cores that are busy, and how many there are. */
export interface Work {
  readonly ownCores: number;
  readonly ownMiB: number;
  readonly busyCores: number;
  readonly cores: number;
  readonly memoryMiB: number;
}

/** A container as the commands inside of it see it. */
export interface Machine {
  readonly files: FileSystem;
  readonly table: ProcessTable;
  /** Which shell `/bin/sh` is: they differ in the words of their complaints. */
  readonly shell: 'busybox' | 'dash' | 'bash';
  /** The program of a command by its bare name; undefined where the image has none. */
  program(name: string): Program | undefined;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** Unix time in ms. */
  unixMs(): number;
  /** What the name server says; null where there is no such name. */
  lookUp(name: string): { readonly name: string; readonly ips: readonly string[] } | null;
  /** Why the name server answers nobody, if it does not; and how much later than usual it answers, in ms. */
  nameTrouble(name: string): 'SERVFAIL' | 'silence' | null;
  readonly namesLateMs: number;
  /** Opens a connection. */
  connect(host: string, port: number): Destination;
  /** The server programs of an image listen through this. */
  listen(port: number, listener: Listener): void;
  /** What databases, caches and brokers hold. */
  readonly data: DataServers;
  /** What is kept in memory by a server, for all its clients. */
  shared(key: string): Map<string, string>;
  /** The ports that something listens on. */
  readonly ports: readonly number[];
  /** Who works on it, of those that the traffic knows; absent on a node, which has commands of its own for this. */
  readonly work?: Work;
  /** Of its pod. */
  readonly podIp: string;
  /** The machine whose root is at that path, or whose namespaces may be entered (null); null where there is none. */
  outer(root: string | null): Machine | null;
  /** The API server as the ServiceAccount of its pod reaches it; absent where there is none. */
  readonly account?: AccountClient | undefined;
}

/** One call of a command. `args` are those after its name. */
export interface Call {
  readonly machine: Machine;
  readonly task: Process;
  readonly name: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly io: Io;
}

/** What a command does: it returns its exit code. */
export type Program = (call: Call) => Steps;

/** Folders that commands are found in. */
const BIN_FOLDERS: ReadonlySet<string> = new Set(['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']);

export type Found = { readonly program: Program } | { readonly script: string } | { readonly missing: 126 | 127; readonly why: string };

/** What a command's name means: a program of the image, a script in its files, or nothing. */
export function findCommand(machine: Machine, name: string, absolute: string): Found {
  if (!name.includes('/')) {
    const program = machine.program(name);
    return program === undefined ? { missing: 127, why: 'not found' } : { program };
  }
  const folder = absolute.slice(0, absolute.lastIndexOf('/'));
  const program = BIN_FOLDERS.has(folder) || folder === '' ? machine.program(absolute.slice(folder.length + 1)) : undefined;
  if (program !== undefined) return { program };
  const node = machine.files.find(absolute);
  if (node === undefined) return { missing: 127, why: 'not found' };
  if (node.type !== 'file' || (node.mode & 0o111) === 0) return { missing: 126, why: 'Permission denied' };
  return { script: node.bytes };
}
