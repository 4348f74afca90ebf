import type { Host } from '../nodes/host.ts';

/** Writes a file of a node; returns how to write it back, as far as nobody has changed it since. True where it was. */
export function rewritten(host: Host, path: string, change: (text: string) => string): () => boolean {
  const before = host.files.read(path);
  const after = change(before);
  host.files.write(path, after);
  return () => {
    if (host.files.read(path) !== after) return false;
    host.files.write(path, before);
    return true;
  };
}

/** Restarts a service of a node, as far as the node is on. */
export function restarted(host: Host, unit: 'kubelet'): void {
  const found = host.units.all.get(unit);
  if (found === undefined || !host.on) return;
  host.units.stop(found);
  host.units.start(found);
}
