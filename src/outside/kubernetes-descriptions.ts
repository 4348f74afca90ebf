import { readFileSync } from 'node:fs';
import type { Descriptions } from '../kube-api/discovery/documented.ts';

/** What Kubernetes says of its kinds and fields, as the build left it beside the bundle; nothing where there was no build. */
export function readDescriptions(): Descriptions {
  try {
    return JSON.parse(readFileSync(new URL('./kubernetes-descriptions.json', import.meta.url), 'utf8')) as Descriptions;
  } catch {
    return {};
  }
}
