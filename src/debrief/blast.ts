import type { Fact } from '../journal/timeline.ts';

/**
 * How wide an action reaches, from the narrowest: a switch of one feature; a change of one workload's settings; a
 * restart of processes; a restart of something that keeps state; a removal.
 */
export type Blast = 'switch' | 'setting' | 'restart' | 'stateful-restart' | 'removal';

const WIDTH = { switch: 1, setting: 2, restart: 3, 'stateful-restart': 4, removal: 5 } as const satisfies Record<Blast, number>;

export function blastWidth(blast: Blast): number {
  return WIDTH[blast];
}

/** The reach of a command line, or null where it changes nothing. */
export function blastOfLine(line: string): Blast | null {
  const words = line.trim().split(/\s+/);
  if (words[0] === '/flag' || words[0] === 'flag') return 'switch';
  if (words[0] === 'helm') return /\b(?:uninstall|delete)\b/.test(line) ? 'removal' : /\b(?:install|upgrade|rollback)\b/.test(line) && !line.includes('--dry-run') ? 'setting' : null;
  if (words[0] !== 'kubectl' || words.includes('--dry-run=client') || words.includes('--dry-run=server')) return null;
  const rest = words.slice(1).join(' ');
  const stateful = /\b(sts|statefulsets?(\.apps)?)\b|\b(postgres\w*|mysql|redis|database|db|kafka)(-\w+)*\b/.test(rest);
  if (/\brollout restart\b|\bdelete (po|pods?)\b/.test(rest)) return stateful ? 'stateful-restart' : 'restart';
  if (/\bdelete\b|--replicas=0\b/.test(rest)) return 'removal';
  if (/\b(set|scale|patch|apply|replace|edit|create|annotate|label|rollout undo|autoscale|cordon|uncordon|drain)\b/.test(rest)) return 'setting';
  return null;
}

/** The reach of a write whose command line is unknown. */
export function blastOfWrite(write: Extract<Fact, { type: 'api-written' | 'flag-flipped' }>): Blast {
  if (write.type === 'flag-flipped') return 'switch';
  if (write.verb !== 'delete' && write.verb !== 'deletecollection') return 'setting';
  return write.resource === 'pods' ? 'restart' : 'removal';
}
