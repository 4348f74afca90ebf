import { stringify } from 'yaml';
import { JSON_TYPE, type Answer, type Request } from './answer.ts';
import { acceptedTypes, type MediaType } from './negotiation.ts';
import { notAcceptable } from './reading/reading.ts';

const YAML_TYPE = 'application/yaml';

/** Answers through `ask` in YAML where the client likes that best. Watches are not to be had in it, as of the real server. */
export function inYamlWhereAsked(request: Request, ask: (request: Request) => Answer): Answer {
  const best = acceptedTypes(request.headers['accept']).find(({ type }) => READABLE.has(type));
  if (best?.type !== YAML_TYPE || /^\/(?:openapi|version)/.test(request.path)) return ask(request);
  const answer = ask({ ...request, headers: { ...request.headers, accept: asJson(best) } });
  if (answer.kind === 'stream' && answer.type === JSON_TYPE) return notAcceptable();
  if (answer.kind !== 'whole' || answer.type !== JSON_TYPE || answer.body === '') return answer;
  return { ...answer, type: YAML_TYPE, body: stringify(JSON.parse(answer.body), { lineWidth: 0, aliasDuplicateObjects: false }) };
}

const READABLE: ReadonlySet<string> = new Set([YAML_TYPE, JSON_TYPE, 'application/*', '*/*']);

/** The same wish (a table, metadata alone) in JSON. */
function asJson({ parameters }: MediaType): string {
  return [JSON_TYPE, ...[...parameters].map(([key, value]) => `${key}=${value}`)].join(';');
}
