import { digest } from '../../time/dice.ts';
import { readCorefile } from './corefile.ts';

/** What CoreDNS writes as it starts, by its image and the text of its Corefile. Source: coremain/run.go and plugin/reload of coredns/coredns. */
export function startedText(image: string, corefile: string): string {
  const version = /:v?(\d+\.\d+\.\d+)/.exec(image)?.[1] ?? NEWEST;
  return `${zonesOf(corefile)}${runningText(corefile)}CoreDNS-${version}\n${BUILDS[version] ?? BUILDS[NEWEST] ?? ''}\n`;
}

/** What it writes as it reads a changed file again. */
export function reloadedText(corefile: string): string {
  return `[INFO] Reloading\n${runningText(corefile)}[INFO] Reloading complete\n`;
}

/** Where it serves, as its server blocks say. */
function zonesOf(corefile: string): string {
  return [...corefile.matchAll(/^(\S+) *\{/gm)].map(([, zone = '']) => `${zone.includes(':') ? zone : `${zone}:53`}\n`).join('');
}

function runningText(corefile: string): string {
  if (!readCorefile(corefile).reloads) return '';
  return `[INFO] plugin/reload: Running configuration SHA512 = ${[0, 1, 2, 3, 4, 5, 6, 7].map((nth) => digest(`${corefile}/${nth}`)).join('')}\n`;
}

const NEWEST = '1.11.3';

/** What its releases were built with. */
const BUILDS: Readonly<Record<string, string>> = {
  '1.10.1': 'linux/amd64, go1.20, 055b2c3', '1.11.1': 'linux/amd64, go1.20.7, ae2bbc2', '1.11.3': 'linux/amd64, go1.21.11, a6338e9', '1.12.0': 'linux/amd64, go1.23.3, 51e11f1',
};
