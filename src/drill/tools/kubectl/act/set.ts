import type { JsonPatchOperation } from '../../../../cluster/api.ts';
import type { Call } from '../call.ts';
import { parseQuantity } from '../../../../cluster/quantity.ts';
import { setEnv } from './set-env.ts';
import { change, chosenContainers, containersBack, containersOf, readWorkloads } from './workloads.ts';
import { slashed } from './write.ts';

/** `kubectl set image|env|resources`. */
export const SET_VERBS = { image: setImage, env: setEnv, resources: setResources } satisfies Readonly<Record<string, (call: Call) => void>>;

/** `kubectl set image deploy/x app=registry/app:1.2`. */
function setImage(call: Call): void {
  const { answer, args } = call;
  const images = args.filter((word) => word.includes('=')).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const);
  if (images.length === 0) return answer.fail('error: at least one image update is required');
  for (const workload of readWorkloads(call, args.filter((word) => !word.includes('='))) ?? []) {
    const containers = containersOf(workload);
    const missing = images.find(([name]) => name !== '*' && !containers.some((container) => container.name === name));
    if (missing !== undefined) {
      answer.fail(`error: unable to find container named "${missing[0]}"`);
      continue;
    }
    const operations: JsonPatchOperation[] = [];
    const undo: string[] = [];
    for (const [at, container] of containers.entries()) {
      const image = images.findLast(([name]) => name === '*' || name === container.name)?.[1];
      if (image === undefined || image === container.image) continue;
      operations.push({ op: 'add', path: `/spec/template/spec/containers/${at}/image`, value: image });
      undo.push(`${container.name}=${container.image ?? ''}`);
    }
    change(call, workload, operations, 'image updated', ['set', 'image', slashed(workload), ...undo]);
  }
}

/** `kubectl set resources deploy/x --limits=cpu=1,memory=512Mi --requests=cpu=100m [-c app]`. */
function setResources(call: Call): void {
  const { answer, args, flags } = call;
  const limits = readQuantities(flags.value('limits'));
  const requests = readQuantities(flags.value('requests'));
  if ('error' in limits) return answer.fail(limits.error);
  if ('error' in requests) return answer.fail(requests.error);
  if (!flags.given('limits') && !flags.given('requests')) return answer.fail('error: you must specify an update to requests or limits (in the form of --requests/--limits)');
  for (const workload of readWorkloads(call, args) ?? []) {
    const operations: JsonPatchOperation[] = [];
    for (const [at, container] of chosenContainers(call, workload).entries()) {
      if (container === null) continue;
      const before = container.resources ?? {};
      const after = { ...before, ...merged('limits', before.limits, limits.quantities), ...merged('requests', before.requests, requests.quantities) };
      if (JSON.stringify(before) !== JSON.stringify(after)) operations.push({ op: 'add', path: `/spec/template/spec/containers/${at}/resources`, value: after });
    }
    change(call, workload, operations, 'resource requirements updated', containersBack(workload));
  }
}

function merged(name: 'limits' | 'requests', before: Record<string, string> | undefined, quantities: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.keys(quantities).length === 0 ? {} : { [name]: { ...before, ...quantities } };
}

function readQuantities(text: string | null): { readonly quantities: Readonly<Record<string, string>> } | { readonly error: string } {
  const quantities: Record<string, string> = {};
  for (const part of (text ?? '').split(',').filter((one) => one !== '')) {
    const [name = '', quantity = '', more] = part.split('=');
    if (more !== undefined || !/^[a-z][\w./-]*$/.test(name) || parseQuantity(quantity) === null) return { error: `error: invalid argument syntax ${part}, expected <resource>=<value>, such as cpu=500m or memory=256Mi` };
    quantities[name] = quantity;
  }
  return { quantities };
}
