import type { KindMap } from '../objects.ts';

type Autoscaler = KindMap['HorizontalPodAutoscaler'];
type Metric = NonNullable<NonNullable<Autoscaler['spec']>['metrics']>[number];
type Current = NonNullable<NonNullable<NonNullable<Autoscaler['status']>['currentMetrics']>[number]>;

/** The TARGETS column: `cpu: 41%/80%` for the first two metrics that an autoscaler looks at. As kubectl's formatHPAMetrics. */
export function targetsOf({ spec, status }: Autoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const shown = metrics.slice(0, 2).map((metric, at) => targetOf(metric, status?.currentMetrics?.[at]));
  return metrics.length > 2 ? `${shown.join(', ')} + ${metrics.length - 2} more...` : shown.join(', ');
}

function targetOf({ external, object, pods, resource, containerResource }: Metric, current: Current | undefined): string {
  if (external !== undefined) return averageOr(external.target, current?.external?.current);
  if (object !== undefined) return averageOr(object.target, current?.object?.current);
  if (pods !== undefined) return `${current?.pods?.current.averageValue ?? UNKNOWN}/${pods.target.averageValue ?? ''}`;
  const used = resource ?? containerResource;
  if (used === undefined) return '<unknown type>';
  const now = (resource === undefined ? current?.containerResource : current?.resource)?.current;
  if (used.target.averageValue !== undefined) return `${used.name}: ${now?.averageValue ?? UNKNOWN}/${used.target.averageValue}`;
  const percent = (value: number | undefined, none: string): string => (value === undefined ? none : `${value}%`);
  return `${used.name}: ${percent(now?.averageUtilization, UNKNOWN)}/${percent(used.target.averageUtilization, '<auto>')}`;
}

const UNKNOWN = '<unknown>';

interface Value {
  readonly averageValue?: string;
  readonly value?: string;
}

function averageOr(target: Value, now: Value | undefined): string {
  if (target.averageValue !== undefined) return `${now?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${now?.value ?? UNKNOWN}/${target.value ?? ''}`;
}
