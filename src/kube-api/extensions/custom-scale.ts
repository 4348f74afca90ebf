import { isCustomObject, type CustomObject } from '../../cluster/custom-kind.ts';
import type { ScalePaths } from '../../cluster/extensions/custom-resource.ts';
import { valuesAt } from '../../cluster/extensions/json-path.ts';
import { isJsonObject, type JsonObject } from '../../cluster/json.ts';
import { notFound } from '../../cluster/refusals.ts';
import { badRequest, json, refused, type Answer, type Request } from '../answer.ts';
import type { CustomRestResource } from './custom-resources.ts';
import { changedBy, type Named, type Parts } from '../subresources.ts';
import { refOf } from '../writing/writing.ts';

/** `…/scale` of a custom kind, whose definition says where its numbers stand. */
export function customScale({ cluster, projection, writing }: Parts, { custom }: CustomRestResource, scope: Named, request: Request): Answer {
  const paths = custom.version.scale;
  const current = cluster.store.get(scope.resource.kind, scope.namespace ?? '', scope.name);
  if (current === undefined || !isCustomObject(current) || paths === null) return refused(notFound(scope.resource.kind, scope.name).status);
  if (request.method === 'GET') return json(200, projection.outward(scaleOf(current, paths)));
  const options = writing.optionsFor(scope, request, 'scale');
  if ('kind' in options) return options;
  const wanted = changedBy(scaleOf(current, paths), request, projection);
  if ('kind' in wanted) return wanted;
  const { spec, metadata } = wanted.value;
  const replicas = (isJsonObject(spec) ? spec['replicas'] : undefined) ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) return badRequest('Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32');
  if (replicas < 0) {
    const error = `spec.replicas: Invalid value: ${replicas}: must be greater than or equal to 0`;
    return refused({ code: 422, reason: 'Invalid', message: `Scale.autoscaling "${scope.name}" is invalid: ${error}`, causes: [error] });
  }
  const version = isJsonObject(metadata) ? metadata['resourceVersion'] : undefined;
  const body = { ...at(paths.specReplicasPath, replicas), ...(typeof version === 'string' ? { metadata: { resourceVersion: version } } : {}) };
  const result = cluster.api.patch(refOf(scope), { type: 'merge', body }, options);
  return result.ok && isCustomObject(result.object) ? json(200, projection.outward(scaleOf(result.object, paths))) : result.ok ? badRequest('no scale') : refused(result.status);
}

function scaleOf(object: CustomObject, { specReplicasPath, statusReplicasPath, labelSelectorPath }: ScalePaths): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const number = (path: string): number => {
    const [value] = valuesAt(object, path);
    return typeof value === 'number' ? value : 0;
  };
  const [selector] = labelSelectorPath === undefined ? [] : valuesAt(object, labelSelectorPath);
  const desired = number(specReplicasPath);
  return {
    kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: desired === 0 ? {} : { replicas: desired }, status: { replicas: number(statusReplicasPath), ...(typeof selector === 'string' && selector !== '' ? { selector } : {}) },
  };
}

/** `.spec.replicas` and 3 as `{spec: {replicas: 3}}`. */
function at(path: string, value: unknown): JsonObject {
  return path.split('.').filter((part) => part !== '').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as JsonObject;
}
