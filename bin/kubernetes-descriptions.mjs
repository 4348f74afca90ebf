import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What Kubernetes says of its kinds and their fields, by the names of their OpenAPI definitions; '' is the kind itself.
 * Read from the comments of the package kubernetes-types, which are those of the published schemas.
 */
export function kubernetesDescriptions(nodeModules) {
  const root = join(nodeModules, 'kubernetes-types');
  const descriptions = {};
  for (const group of readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const file of readdirSync(join(root, group.name)).filter((name) => /^v\w+\.d\.ts$/.test(name))) {
      const prefix = ELSEWHERE[group.name] ?? `io.k8s.api.${group.name}`;
      read(readFileSync(join(root, group.name, file), 'utf8'), `${prefix}.${file.slice(0, -'.d.ts'.length)}`, descriptions);
    }
  }
  return descriptions;
}

/** Groups that are not of the package api. */
const ELSEWHERE = { meta: 'io.k8s.apimachinery.pkg.apis.meta', apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions' };

function read(text, prefix, descriptions) {
  for (const [, about = '', name, body] of text.matchAll(/(?:\/\*\*((?:(?!\*\/).)*)\*\/\n)?export interface (\w+) \{\n(.*?)^\}/gms)) {
    const fields = [...body.matchAll(/^ {4}\/\*\*((?:(?!\*\/).)*)\*\/\n {4}(?:readonly )?"?([\w$-]+)"?\??:/gms)];
    descriptions[`${prefix}.${name}`] = Object.fromEntries([['', plain(about)], ...fields.map(([, said, field]) => [field, plain(said)])]);
  }
}

/** A comment as one text, without the stars at the beginning of its lines. */
function plain(comment) {
  return comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd()).join('\n').trim();
}
