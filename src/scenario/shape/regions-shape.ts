import { z } from 'zod';
import { duration } from './atoms.ts';

/** The shape of `regions` and `globals` in `traffic.yaml`: where a cluster is in the world, and how users find its regions. */

const regionName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'is no name of a region: write one such as eu-west-1');

const region = z.strictObject({
  namespace: z.string().optional().describe('Where people of this region work: a kubeconfig has a context of the region\'s name for it.'),
  roundTrip: z.record(regionName, duration).default({}).describe('How long there and back takes, to each of the other regions; said on one side, it holds for both.'),
});

export const regionsShape = z
  .record(regionName, region)
  .optional()
  .describe('Where it is in the world: nodes say by the label topology.kubernetes.io/region in which of these they are.');

const global = z.strictObject({
  by: z.enum(['address', 'dns']).default('dns').describe('`address`: one address that leads to the nearest region, moved at once; `dns`: a name whose answers are kept.'),
  ttl: duration.default('60s').describe('How long an answer of the name is kept.'),
  check: z
    .strictObject({
      every: duration.default('10s').describe('How often each region is asked whether it is well.'),
      failures: z.number().int().min(1).max(100).default(3).describe('Bad answers in a row that take it out.'),
      successes: z.number().int().min(1).max(100).default(2).describe('Good ones in a row that take it back in.'),
    })
    .prefault({})
    .describe('The checks by which it is decided.'),
  backends: z.record(regionName, z.string().describe('A Service: `NAMESPACE/NAME`.')).describe('The Service in each region that its users are sent to.'),
});

export const globalsShape = z
  .record(z.string().regex(/^[a-z0-9.-]+$/, 'is no host name'), global)
  .optional()
  .describe('Names that users of all regions know, by host: a global load balancer sends each to the nearest region that is well.');
