/** What programs and nodes serve at `/metrics`, set by whoever measures a cluster. Text in Prometheus' exposition format. */
export interface MetricPages {
  /** Of a pod's own program; null where it has none. */
  pod(uid: string): string | null;
  /** Of a node's kubelet: what it says of itself, of its containers (`cadvisor`), or of resources alone. */
  node(name: string, page: 'kubelet' | 'cadvisor' | 'resource'): string | null;
}

/** The media type of that text. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
