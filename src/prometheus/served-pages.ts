import type { Cluster } from '../cluster/cluster.ts';
import type { MetricPages } from '../cluster/signals/metric-pages.ts';
import { expositionText } from './exposition.ts';
import { measuredBy, type Measured } from './measured.ts';
import { cadvisorPage } from './targets/node-pages.ts';
import { pageOf } from './targets/targets.ts';

/** What pods and nodes serve of themselves. `measured` is asked for with each page. */
export function servedPages(measured: () => Measured): MetricPages {
  return {
    pod: (uid) => {
      const flow = measured().traffic.flow.layout.pods.find((pod) => pod.uid === uid);
      const page = flow === undefined || flow.variant.program.kind === 'database' || flow.variant.program.kind === 'cache' ? null : pageOf(measured(), flow);
      return page === null ? null : expositionText(page.families);
    },
    node: (name, page) => {
      const node = measured().store.get('Node', '', name);
      if (node === undefined) return null;
      const whole = [...cadvisorPage(measured(), node).families];
      if (page === 'cadvisor') return expositionText(whole);
      return expositionText(whole.filter((family) => (page === 'resource' ? /^container_(?:cpu_usage|memory_working|start_time)/ : /^machine_/).test(family.name)));
    },
  };
}

/** Has a cluster count from the first moment on in which somebody asks one of its pods or nodes, and for what is kept of the time before. Until then it costs nothing. */
export function countWhenAsked(cluster: Cluster): void {
  let measured: Measured | null = null;
  const pages = servedPages(() => {
    if (measured !== null) return measured;
    const meters = cluster.measure({ onWindow: () => undefined, pages });
    meters.catchUp(cluster.windows.all);
    measured = measuredBy(cluster, meters);
    return measured;
  });
  cluster.traffic.pages = pages;
}

/** Has a cluster count for whoever asks its pods and nodes, with nobody who keeps samples. */
export function countFor(cluster: Cluster): MetricPages {
  const pages = servedPages(() => measured);
  const measured = measuredBy(cluster, cluster.measure({ onWindow: () => undefined, pages }));
  return pages;
}
