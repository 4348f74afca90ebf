import type { PodRequest } from '../processes.ts';
import type { PodFlow, ServiceFlow } from '../traffic/graph.ts';
import { PROXY_CONNECT_MS, PROXY_TIMEOUT_MS } from '../traffic/answers.ts';
import { type Answer, text } from './servers.ts';

/** What an ingress controller leads a request to. */
export interface Behind {
  /** `namespace/service` of a host's path; null where no rule leads anywhere. */
  target(host: string, path: string): string | null;
  service(key: string): ServiceFlow | undefined;
  ask(pod: PodFlow, service: string, request: PodRequest): Answer;
}

/** The answer of an ingress controller to a request: that of whom its host and path lead to, or a page of nginx that tells why there is none. */
export function proxied(behind: Behind, request: PodRequest, turn: number): Answer {
  const [path = '/'] = request.path.split('?');
  const host = (request.headers['host'] ?? '').replace(/:\d+$/, '').toLowerCase();
  const key = behind.target(host, path);
  if (key === null) return page(404, 'Not Found', 1);
  const service = behind.service(key);
  if (service?.exists !== true) return page(503, 'Service Temporarily Unavailable', 1);
  const pod = service.pods[turn % Math.max(1, service.pods.length)];
  if (pod === undefined) {
    if (service.silent) return page(504, 'Gateway Time-out', PROXY_CONNECT_MS);
    return service.refuses ? page(502, 'Bad Gateway', 1) : page(503, 'Service Temporarily Unavailable', 1);
  }
  const answer = behind.ask(pod, key, request);
  return answer.tookMs > PROXY_TIMEOUT_MS ? page(504, 'Gateway Time-out', PROXY_TIMEOUT_MS) : answer;
}

/** As nginx writes it. */
function page(status: number, reason: string, tookMs: number): Answer {
  const title = `${status} ${reason}`;
  return text(status, `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`, { 'content-type': 'text/html' }, tookMs);
}
