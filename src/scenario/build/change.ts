import { splitImage } from '../../cluster/image.ts';
import type { ClusterNames } from '../cluster-names.ts';
import type { ChangeEffect, ChangeSpec } from '../scenario.ts';
import { durationMs } from '../shape/atoms.ts';
import type { AuthoredChange } from '../shape/stages-shape.ts';

/** What the words of a change say, before anything is looked up. */
export type ChangeWords = (DoneWords | { readonly do: 'note' } | { readonly do: 'unclear'; readonly kind: string }) & { readonly isPlan?: true };

type DoneWords =
  | { readonly do: 'image' | 'scale'; readonly deployment: string; readonly from: string; readonly to: string }
  | { readonly do: 'config'; readonly configMap: string; readonly key: string; readonly from: string; readonly to: string };

const SCALE = /^deployment\/(\S+) (\d{1,4}) to (\d{1,4}) replicas?$/;
const IMAGE = /^deployment\/(\S+) ([A-Za-z0-9_][\w.-]*) to ([A-Za-z0-9_][\w.-]*)$/;
const CONFIG = /^configmap\/(\S+) ([\w.-]+) (\S+) to (\S+)$/;

const PLAN = /^plan (?=(?:deployment|configmap)\/)/;

/** Reads `deployment/storefront 4.1.0 to 4.2.0` and its like, and `plan` before them; any words without such a beginning are a note. */
export function readChange(what: string): ChangeWords {
  return PLAN.test(what) ? { ...readDone(what.replace(PLAN, '')), isPlan: true } : readDone(what);
}

function readDone(what: string): ChangeWords {
  const scale = SCALE.exec(what);
  if (scale !== null) return { do: 'scale', deployment: scale[1] as string, from: scale[2] as string, to: scale[3] as string };
  const image = IMAGE.exec(what);
  if (image !== null) return { do: 'image', deployment: image[1] as string, from: image[2] as string, to: image[3] as string };
  const config = CONFIG.exec(what);
  if (config !== null) return { do: 'config', configMap: config[1] as string, key: config[2] as string, from: config[3] as string, to: config[4] as string };
  const kind = /^(deployment|configmap)\//.exec(what)?.[1];
  return kind === undefined ? { do: 'note' } : { do: 'unclear', kind };
}

/** `from` and `to` of an image are whole references: the Deployment's own image with that tag. */
export function buildChange(authored: AuthoredChange, names: ClusterNames): ChangeSpec {
  return { atMs: authored.at === undefined ? 0 : durationMs(authored.at), who: authored.who, what: authored.what, cause: authored.cause, effect: effectOf(authored.what, names) };
}

function effectOf(what: string, names: ClusterNames): ChangeSpec['effect'] {
  const words = readChange(what);
  if (words.do === 'note' || words.do === 'unclear') return { do: 'note' };
  const effect = doneBy(words, names);
  return words.isPlan === true ? { do: 'plan', of: effect } : effect;
}

function doneBy(words: DoneWords, names: ClusterNames): ChangeEffect {
  switch (words.do) {
    case 'config': {
      const [namespace = '', configMap = ''] = names.full('ConfigMap', words.configMap).split('/');
      return { do: 'config', namespace, configMap, key: words.key, from: words.from, to: words.to };
    }
    case 'scale':
    case 'image': {
      const [namespace = '', deployment = ''] = names.full('Deployment', words.deployment).split('/');
      if (words.do === 'scale') return { do: 'scale', namespace, deployment, from: Number(words.from), to: Number(words.to) };
      const repository = imagesOf(names, words.deployment)[0]?.repository ?? '';
      return { do: 'image', namespace, deployment, from: `${repository}:${words.from}`, to: `${repository}:${words.to}` };
    }
  }
}

/** The images of a Deployment's containers, in order. [] where there is no such Deployment. */
export function imagesOf(names: ClusterNames, deployment: string): readonly { repository: string; tag: string }[] {
  const found = names.find('Deployment', deployment);
  return found.outcome === 'one' ? containersOf(found.object).map(({ image }) => splitImage(image)) : [];
}

/** The containers of a workload's pod template, as far as they are objects with an image. */
export function containersOf(object: object): readonly { name: string; image: string }[] {
  const { spec } = object as { spec?: { template?: { spec?: { containers?: unknown } } } };
  const containers = spec?.template?.spec?.containers;
  if (!Array.isArray(containers)) return [];
  return containers.filter((container): container is { name: string; image: string } => typeof container === 'object' && container !== null && typeof (container as { image?: unknown }).image === 'string');
}
