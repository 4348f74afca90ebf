import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { kubectlMinor } from './a-kubectl.ts';

export interface FoundKubectl {
  readonly program: string;
  readonly minor: number;
}

/**
 * Every kubectl of this machine, one for each minor version, oldest first: those on the PATH, those that lie beside
 * where a link there leads, and those that `KUBECTLS` names, apart by colons.
 */
export function foundKubectls(env: NodeJS.ProcessEnv): FoundKubectl[] {
  const named = (env['KUBECTLS'] ?? '').split(delimiter).filter((path) => path !== '');
  const onPath = (env['PATH'] ?? '').split(delimiter).flatMap(kubectlsIn);
  const beside = onPath.flatMap((path) => kubectlsIn(dirname(realpathSync(path))));
  const byMinor = new Map<number, string>();
  const tried = new Set<string>();
  for (const path of [...named, ...onPath, ...beside].filter((one) => existsSync(one)).map((one) => realpathSync(one))) {
    if (tried.has(path)) continue;
    tried.add(path);
    const minor = kubectlMinor(path);
    if (minor !== null && !byMinor.has(minor)) byMinor.set(minor, path);
  }
  return [...byMinor].map(([minor, program]) => ({ program, minor })).toSorted((one, other) => one.minor - other.minor);
}

function kubectlsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /^kubectl(?:[.-]?v?1\.\d+)?$/.test(name)).map((name) => join(folder, name));
}
