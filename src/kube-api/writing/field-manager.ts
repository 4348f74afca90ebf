import type { ManagerNotes } from '../../cluster/api.ts';
import { failure, type Answer, type Request } from '../answer.ts';
import type { FieldOwnership } from './field-ownership.ts';
import type { RestResource } from '../rest-resources.ts';
import type { ServedCluster } from '../served-cluster.ts';

/** Who writes: as the request says, or the first word of its user agent. Or the answer that refuses what it says. */
export function fieldManagerOf({ query, headers, method }: Request): string | Answer {
  const said = query.get('fieldManager') ?? '';
  const problem = said.length > LONGEST ? `fieldManager: Too long: may not be more than ${LONGEST} bytes` : /\p{C}/u.test(said) ? `fieldManager: Invalid value: ${JSON.stringify(said)}: should only contain printable characters` : null;
  const options = OPTIONS[method] ?? 'PatchOptions';
  if (problem !== null) return failure({ code: 422, reason: 'Invalid', message: `${options}.meta.k8s.io "" is invalid: ${problem}` });
  return said === '' ? agentOf(headers['user-agent']) : said;
}

const LONGEST = 128;
const OPTIONS: Readonly<Record<string, string>> = { POST: 'CreateOptions', PUT: 'UpdateOptions' };

function agentOf(agent = ''): string {
  const name = (agent.split('/')[0] ?? '').replace(/\p{C}/gu, '').slice(0, LONGEST);
  return name === '' ? 'unknown' : name;
}

/** How a write that is no apply is put down to who sends it. */
export function updateNotes({ clock }: ServedCluster, ownership: FieldOwnership, name: string, { apiVersion }: RestResource, subresource = ''): ManagerNotes {
  return { note: ownership.notedUpdate({ name, operation: 'Update', apiVersion, subresource }, clock.now()), shown: (object) => ownership.withManagers(object) };
}
