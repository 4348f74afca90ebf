import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names one run of one process, so that another process can tell later whether it still runs. A process id alone
 * would not do: ids are given out again, so on Linux the boot and the start time of the process go with it.
 */
export interface ProcessMark {
  readonly host: string;
  readonly pid: number;
  /** Boot of the machine, or null where the system does not tell. */
  readonly boot: string | null;
  /** Clock ticks from boot to the start of the process, or null where the system does not tell. */
  readonly startTicks: string | null;
}

export function markThisProcess(): ProcessMark {
  return { host: hostname(), pid: process.pid, boot: bootId(), startTicks: startTicks(process.pid) };
}

/** `unknown`: it ran on another machine, which cannot be asked. */
export function lifeOf(mark: ProcessMark): 'running' | 'ended' | 'unknown' {
  if (mark.host !== hostname()) return 'unknown';
  const boot = bootId();
  if (mark.boot !== null && boot !== null && mark.boot !== boot) return 'ended';
  if (!exists(mark.pid)) return 'ended';
  const ticks = startTicks(mark.pid);
  return mark.startTicks !== null && ticks !== null && ticks !== mark.startTicks ? 'ended' : 'running';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootId(): string | null {
  return readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

/** Field 22 of `/proc/<pid>/stat` (proc(5)); the name in field 2 may itself hold spaces and brackets. A zombie counts as gone. */
function startTicks(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? 'gone' : (fields[19] ?? null);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
