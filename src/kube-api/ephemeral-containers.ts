import { withContainerDefaults } from '../cluster/admission/pod-defaults.ts';
import { containerErrors } from '../cluster/admission/pod-rules.ts';
import { isJsonObject, sameJson, type JsonObject } from '../cluster/json.ts';
import type { KindMap } from '../cluster/objects.ts';
import { conflict, invalid, notFound } from '../cluster/refusals.ts';
import { badRequest, refused, type Answer, type Request } from './answer.ts';
import type { Scope } from './reading/reading.ts';
import { changedBy, type Parts } from './subresources.ts';
import { writeOptions } from './writing/writing.ts';

type Pod = KindMap['Pod'];
type Debugger = NonNullable<NonNullable<Pod['spec']>['ephemeralContainers']>[number];

/** `pods/…/ephemeralcontainers`: adds containers to a running pod, as `kubectl debug` does. Nothing else of the body counts. */
export function ephemeralContainers({ cluster, projection, reading }: Parts, scope: Scope & { readonly name: string }, request: Request): Answer {
  const current = cluster.store.get('Pod', scope.namespace ?? '', scope.name);
  if (current === undefined) return refused(notFound('Pod', scope.name).status);
  if (request.method === 'GET' || request.method === 'HEAD') return reading.object(current, request);
  const options = writeOptions(request.query);
  if ('kind' in options) return options;
  const wanted = changedBy(current as unknown as JsonObject, request, projection);
  if ('kind' in wanted) return wanted;
  const { metadata, spec } = wanted.value;
  const version = isJsonObject(metadata) ? metadata['resourceVersion'] : undefined;
  if (version !== undefined && version !== '' && version !== current.metadata.resourceVersion) return refused(conflict('Pod', scope.name).status);
  const given = (isJsonObject(spec) ? spec['ephemeralContainers'] : undefined) ?? [];
  if (!Array.isArray(given) || !given.every(isJsonObject)) return badRequest('Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal into Go struct field PodSpec.spec.ephemeralContainers of type []v1.EphemeralContainer');
  const containers = given.map((one) => withContainerDefaults(one as unknown as Debugger) as Debugger);
  const errors = [...containers.flatMap((one, at) => debuggerErrors(one, `spec.ephemeralContainers[${at}]`, current, new Set(containers.slice(0, at).map(({ name }) => name)))), ...changeErrors(containers, current)];
  if (errors.length > 0) return refused(invalid('Pod', scope.name, errors).status);
  const next: Pod = { ...current, spec: { ...(current.spec as NonNullable<Pod['spec']>), ephemeralContainers: containers } };
  return reading.object(options.dryRun === true || sameJson(next.spec, current.spec) ? next : cluster.store.update(next), request);
}

/** Texts of `validateEphemeralContainers` in pkg/apis/core/validation. */
function debuggerErrors(container: Debugger, path: string, { spec }: Pod, before: ReadonlySet<string>): string[] {
  const main = (spec?.containers ?? []).map(({ name }) => name);
  const taken = new Set([...main, ...(spec?.initContainers ?? []).map(({ name }) => name), ...before]);
  const target = container.targetContainerName ?? '';
  const others = Object.entries(container).filter(([field, value]) => !ALLOWED.has(field) && isSet(value));
  return [
    ...containerErrors(container, path, taken),
    ...(target === '' || main.includes(target) || spec?.initContainers?.some(({ name }) => name === target) === true ? [] : [`${path}.targetContainerName: Not found: ${JSON.stringify(target)}`]),
    ...others.map(([field]) => `${path}.${field}: Forbidden: cannot be set for an Ephemeral Container`),
  ];
}

/** What an ephemeral container may say of itself: it has no ports, probes or resources of its own. */
const ALLOWED = new Set([
  'name', 'image', 'command', 'args', 'workingDir', 'envFrom', 'env', 'volumeMounts', 'volumeDevices', 'terminationMessagePath', 'terminationMessagePolicy', 'imagePullPolicy',
  'securityContext', 'stdin', 'stdinOnce', 'tty', 'targetContainerName',
]);

function isSet(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isJsonObject(value) || Object.keys(value).length > 0;
}

/** Those that are there stay as they are. Texts of `ValidatePodEphemeralContainersUpdate`. */
function changeErrors(containers: readonly Debugger[], { spec }: Pod): string[] {
  return (spec?.ephemeralContainers ?? []).flatMap((old) => {
    const now = containers.find(({ name }) => name === old.name);
    if (now === undefined) return [`spec.ephemeralContainers: Forbidden: existing ephemeral containers ${JSON.stringify(old.name)} may not be removed`];
    return sameJson(now, old) ? [] : [`spec.ephemeralContainers: Forbidden: existing ephemeral containers ${JSON.stringify(old.name)} may not be changed`];
  });
}
