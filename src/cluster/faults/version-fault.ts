import { splitImage } from '../image.ts';
import type { Ref } from '../objects.ts';
import type { Lever } from '../traffic/conditions.ts';
import type { FaultKind, FaultSetting, FaultSettings, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';
import { templateOf, workloadRef } from './template-fault.ts';

/** What a fault in the code of a program is made of. */
interface VersionMistake extends Omit<FaultKind, 'begin' | 'target'> {
  readonly lever: Lever;
  /** How far the lever moves, by settings that are all there. */
  readonly amount: (settings: FaultSettings) => number;
  /** How programs tell of it in their logs; in the usual words where absent. */
  readonly says?: (settings: FaultSettings) => string;
}

/** Settings of faults that are in the code of a version. */
export const VERSION = {
  since: { ...text('`deploy`: a version that is deployed now brings it. `always`: the version that runs has it, and its time has come.', 'deploy'), oneOf: ['deploy', 'always'] },
  version: { ...text('The tag that is deployed; without it, the next one that nobody has.', ''), tag: true },
  fixedIn: { ...text('A tag in which it is mended, which the registry has from then on; without it there is none yet.', ''), tag: true },
  ...AUTHOR,
} as const satisfies Record<string, FaultSetting>;

/**
 * A fault in the code of a program: a pipeline rolls a version out, and whatever runs that version has it, as long as it
 * does. A roll-back, another image, an upgrade taken back by Helm: whoever runs none of it is cured.
 */
export function versionFault({ lever, amount, says, settings, ...rest }: VersionMistake): FaultKind {
  return {
    ...rest,
    target: 'workload',
    settings: { ...settings, ...VERSION },
    begin: (world, target, chosen) => rollOutVersion(world, workloadRef(target), chosen, (program) => world.conditions.adjust(lever, program, amount(chosen), says?.(chosen))),
  };
}

/** Brings the version that has the fault, and has `move` pull a lever for all that run it. Returns how to take both back. */
export function rollOutVersion(world: FaultWorld, ref: Ref, settings: FaultSettings, move: (program: string) => () => void): () => void {
  const container = templateOf(world, ref)?.containers[0];
  const image = container?.image ?? '';
  // What no pipeline of ours builds is as it is.
  if (container === undefined || !world.builds.knows(image)) return move(`${ref.namespace}/${ref.name}`);
  const deploy = settings['since'] !== 'always';
  const bad = deploy ? tagged(image, settings['version']) ?? world.builds.next(image) : complete(image);
  if (deploy) world.builds.publish(bad, complete(image));
  const fixed = tagged(image, settings['fixedIn']);
  if (fixed !== null) world.builds.publish(fixed, null);
  const back = move(bad);
  const undo = deploy ? rollOut(world, ref, { name: container.name, from: image, to: bad }, settings) : () => undefined;
  return () => {
    undo();
    back();
  };
}

/** As a pipeline does: the image is set, the controllers do the rest. */
function rollOut(world: FaultWorld, ref: Ref, { name, from, to }: { readonly name: string; readonly from: string; readonly to: string }, settings: FaultSettings): () => void {
  const body = { spec: { template: { spec: { containers: [{ name, image: to }] } } } };
  const undo = err(world, [{ do: 'patch', ref, patch: { type: 'strategic', body } }], settings, `${ref.kind.toLowerCase()}/${ref.name} ${splitImage(from).tag} to ${splitImage(to).tag}`);
  world.deployed(ref);
  return undo;
}

/** An image of the same name with another tag; null for no tag. */
function tagged(image: string, tag: number | string | boolean | undefined): string | null {
  return tag === undefined || tag === '' ? null : `${splitImage(image).repository}:${String(tag)}`;
}

/** An image with its tag written out. */
function complete(image: string): string {
  const { repository, tag } = splitImage(image);
  return `${repository}:${tag}`;
}
