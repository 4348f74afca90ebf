import type { CallExpr, Expr } from '../ast.ts';
import type { Evaluation } from '../evaluation.ts';
import { METRIC_NAME, type Labels } from '../labels.ts';
import { compile } from '../matcher.ts';
import { PromqlError } from '../promql-error.ts';
import type { InstantMs, Sample } from '../series.ts';

/** `label_replace(v, dst, replacement, src, regex)`: sets a label from what an anchored regular expression found in another. */
export function labelReplace(evaluation: Evaluation, { args }: CallExpr, atMs: InstantMs): readonly Sample[] {
  const [target, replacement, source, pattern] = args.slice(1).map((arg) => evaluation.text(arg)) as [string, string, string, string];
  const compiled = compile(pattern);
  if ('problem' in compiled) throw new PromqlError(`invalid regular expression in label_replace(): ${pattern}`);
  if (!isLabelName(target)) throw new PromqlError(`invalid destination label name in label_replace(): ${target}`);
  return distinct(evaluation.vector(args[0] as Expr, atMs).map((sample) => {
    const found = compiled.regex.matcher(sample.labels.get(source));
    if (!found.matches()) return sample;
    const value = expanded(replacement, (group) => {
      try {
        return (/^\d+$/.test(group) ? found.group(Number(group)) : found.group(group)) ?? '';
      } catch {
        return ''; // No group of that name.
      }
    });
    return relabelled(sample, target, value);
  }));
}

/** `label_join(v, dst, separator, src…)`: sets a label to the values of others. */
export function labelJoin(evaluation: Evaluation, { args }: CallExpr, atMs: InstantMs): readonly Sample[] {
  const [target, separator, ...sources] = args.slice(1).map((arg) => evaluation.text(arg)) as [string, string, ...string[]];
  const wrong = sources.find((source) => !isLabelName(source));
  if (wrong !== undefined) throw new PromqlError(`invalid source label name in label_join(): ${wrong}`);
  if (!isLabelName(target)) throw new PromqlError(`invalid destination label name in label_join(): ${target}`);
  return distinct(evaluation.vector(args[0] as Expr, atMs).map((sample) => relabelled(sample, target, sources.map((source) => sample.labels.get(source)).join(separator))));
}

/** Any UTF-8 but nothing is a name. */
function isLabelName(name: string): boolean {
  return name !== '' && !/[\uD800-\uDFFF]/u.test(name);
}

function relabelled(sample: Sample, name: string, value: string): Sample {
  const labels: Labels = sample.labels.with(name, value);
  return { labels, value: sample.value, dropName: name === METRIC_NAME ? false : sample.dropName };
}

function distinct(samples: Sample[]): Sample[] {
  if (new Set(samples.map(({ labels }) => labels.key)).size < samples.length) throw new PromqlError('vector cannot contain metrics with the same labelset');
  return samples;
}

/** `$1`, `${name}` and `$$` in a template, as Go's regexp.Expand reads them. */
function expanded(template: string, group: (name: string) => string): string {
  return template.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => (whole === '$$' ? '$' : group((braced ?? bare) as string)));
}
