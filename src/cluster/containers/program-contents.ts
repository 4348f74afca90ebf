import { splitImage } from '../image.ts';
import { KAFKA_COMMANDS } from '../programs/kafka-tools.ts';
import type { PublicImage } from '../registry/catalogue.ts';
import type { ProgramSpec } from '../spec.ts';

/** Images that bring the tools of a broker. */
const BROKERS = /kafka|redpanda|^broker/;

/** What a look into a container of one of the traffic's programs finds: its binary, and the tools that responders need. */
export function programContents(image: string, kind: ProgramSpec['kind']): { readonly image: PublicImage; readonly declared: null } {
  const { repository } = splitImage(image);
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  const command = kind === 'database' ? ['postgres'] : kind === 'cache' ? ['redis-server *:6379'] : [`/app/${name}`];
  const extra = kind === 'database' ? ['psql', 'pg_isready'] : kind === 'cache' ? ['redis-cli'] : BROKERS.test(name) ? Object.keys(KAFKA_COMMANDS) : [];
  return { image: { runs: 'pause', command, tools: 'everything', ports: [], extra, uid: 0, newest: 0, sizeMib: 40, needsOneOf: [] }, declared: null };
}
