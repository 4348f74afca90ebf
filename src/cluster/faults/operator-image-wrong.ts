import type { FaultKind } from './fault.ts';
import { customObject, specPatch } from './custom-mistake.ts';
import { operatorOf } from './operators.ts';
import { err } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';

export const operatorImageWrong: FaultKind = {
  word: 'operator-image-wrong',
  group: 'workloads',
  summary: 'An operator was rolled out in a version that there is not; what is asked of it since then does not happen.',
  target: 'custom',
  settings: { tag: text('The version.', '1.9.0-rc4'), ...AUTHOR },
  lore: {
    symptoms: ['The operator\'s pod is ImagePullBackOff, and there is no other.', 'The custom object asks for more than there is, and its status is of the generation before: nobody has looked at it.'],
    mitigations: ['Do by hand what the operator would do: nobody undoes it now.'],
    fix: 'Roll the operator back.',
    example: {
      target: 'postgrescluster/ledger', settings: {},
      signs: ['pods database-system/postgres-operator ImagePullBackOff', 'postgrescluster books/ledger'],
      cure: ['kubectl -n database-system rollout undo deploy/postgres-operator', 'kubectl -n books patch postgrescluster ledger --type merge -p \'{"spec":{"replicas":2}}\''],
      tempting: 'kubectl -n database-system delete pod -l app=postgres-operator',
    },
  },
  begin: (world, target, settings) => {
    const found = customObject(world, target);
    const operator = operatorOf(world, target);
    if (found === null || operator === null) return () => undefined;
    const container = operator.spec?.template.spec?.containers[0];
    const image = `${(container?.image ?? '').replace(/:[^:/]*$/, '')}:${String(settings['tag'])}`;
    const { name, namespace = '' } = operator.metadata;
    return err(world, [
      { do: 'patch', ref: { kind: 'Deployment', namespace, name }, patch: { type: 'json', body: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }] } },
      specPatch(found.ref, { replicas: Number(found.spec['replicas'] ?? 1) + 1 }),
    ], settings, `deployment/${name}: image ${image}`);
  },
};
