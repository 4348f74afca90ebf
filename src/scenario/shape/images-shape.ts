import { z } from 'zod';
import { duration, line } from './atoms.ts';

/** The shape of `images` in `traffic.yaml`: further images of a cluster, without a part in its traffic. */

const tag = z.string({ error: 'must be a text: put the version in quotes' }).regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, 'is no image tag');

const image = z.strictObject({
  like: z.string().optional().describe('The public image that it behaves like, such as `nginx`. Without it, it runs and does nothing.'),
  tags: z.array(tag).min(1, 'names no version').describe('The versions that the registry holds.'),
  private: z.boolean().default(false).describe('Only pods with a pull secret for its registry get it.'),
  rateLimited: z.boolean().default(false).describe('The registry answers that it was asked too often.'),
  exits: z.strictObject({ after: duration, code: z.number().int().min(0).max(255).describe('Its exit code.') }).optional().describe('Ends by itself so long after each start.'),
  operator: z.strictObject({
    kind: z.string().describe('The custom kind that it reconciles, such as `PostgresCluster`.'),
    plural: z.string().describe('As its definition names it.'),
    group: z.string().describe('Its API group, such as `databases.example.com`.'),
  }).optional().describe('It is an operator: while one of its pods runs, it makes a StatefulSet with Services and settings of each object of a custom kind, as its ServiceAccount may; of Certificates of cert-manager.io, Secrets that it renews.'),
  log: z.array(line).default([]).describe('Lines that it writes when it starts.'),
});

export const imagesShape = z.record(z.string(), image).default({}).describe('Further images of the registry, by image without its tag: they run beside the traffic, not in it.');

export type AuthoredImages = z.output<typeof imagesShape>;
