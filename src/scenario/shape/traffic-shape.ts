import { z } from 'zod';
import { duration, line, share, word } from './atoms.ts';
import { imagesShape } from './images-shape.ts';
import { globalsShape, regionsShape } from './regions-shape.ts';

/** The shape of `traffic.yaml`, as its author writes it. */

const plainNumber = z.number().min(0).max(1_000_000_000);

function setting<Plain extends z.ZodType>(plain: Plain, example: string) {
  const byEnv = z.strictObject({ env: word.describe('The environment variable (or flag) that overrides it.'), default: plain.describe('What holds where the variable is not set.') });
  return z
    .union([plain, byEnv], { error: `must be ${example}, or {env: NAME, default: ${example}}` })
    .meta({ description: `A value such as ${example}, or {env: NAME, default: ${example}} where responders can change it by an environment variable or a flag.` });
}

const numberSetting = setting(plainNumber, '20');
const durationSetting = setting(duration, '2s');

const serviceName = z
  .string()
  .regex(/^(?:external\/)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'is no name of a service: write `payments`, `payments.shop` or `external/card-network`')
  .describe('A Service by its DNS name: `payments` in the namespace of the pod that calls, `payments.shop` in another; or `external/NAME`.');

/** As with DNS, a short name means the namespace of the pod that calls. */
const call = z
  .strictObject({
    to: serviceName,
    route: word.default('default').describe('Which route of it.'),
    times: plainNumber.max(1_000).default(1).describe('Calls per request; below 1 it is a share of the requests.'),
    timeout: durationSetting.default('5s').describe('How long the caller waits for an answer.'),
    retries: numberSetting.default(0).describe('How often it tries again after a failure.'),
    backoff: durationSetting.optional().describe('The pause before the first retry, twice as long before each further one, with full jitter.'),
    budget: z
      .union([share, z.strictObject({ env: word.describe('The environment variable (or flag) that sets it, such as 0.1.'), default: share.optional().describe('What holds where the variable is not set; without it, no budget does.') })], { error: 'must be 10%, or {env: NAME, default: 10%}' })
      .optional()
      .describe('At most this share of the calls is tried again.'),
    keepAlive: z
      .union([z.boolean(), z.strictObject({ env: word.describe('The environment variable (or flag) that switches it.'), default: z.boolean().describe('What holds where the variable is not set.') })], { error: 'must be true, false, or {env: HTTP_KEEP_ALIVE, default: true}' })
      .optional()
      .describe('Whether it keeps its connections for further calls: without, each call takes a local port, for a minute longer than it lasts.'),
    breaker: z
      .strictObject({ failures: share.default(0.5).describe('Opens when so many of the calls fail.'), open: durationSetting.default('30s').describe('Lets none through for so long, then a few to try.') })
      .optional()
      .describe('A circuit breaker.'),
    onFailure: z.enum(['fail', 'degrade']).default('fail').describe('`fail`: the request fails with the call. `degrade`: it goes on without.'),
  })
  .describe('Calls another service and waits for it.');

export type AuthoredStep = {
  cpu?: string | { time: string; threads: z.output<typeof numberSetting> } | undefined;
  call?: z.output<typeof call> | undefined;
  query?: string | { time: string; lock?: string | undefined; fresh?: string | undefined; table?: string | undefined; writes?: boolean | undefined } | undefined;
  transaction?: { on: string; pool: z.output<typeof numberSetting>; acquireTimeout: z.output<typeof durationSetting>; connect?: { timeout: z.output<typeof durationSetting>; backoff: z.output<typeof durationSetting>; lifetime: z.output<typeof durationSetting> } | undefined; steps: AuthoredStep[] } | undefined;
  cached?: { on: string; hit: number | string; time: string; ttl?: string | undefined; coalesced: boolean; miss: AuthoredStep[] } | undefined;
  when?: { env: string; default: string; steps: AuthoredStep[] } | undefined;
};

const steps: z.ZodType<AuthoredStep[]> = z.array(z.lazy(() => step)).min(1, 'holds no step').describe('What a request does, in order.');

const step: z.ZodType<AuthoredStep> = z
  .strictObject({
    cpu: z
      .union([duration, z.strictObject({ time: duration.describe('CPU time in all.'), threads: numberSetting.describe('On so many threads at once, as a runtime without a limit of its own does.') })], { error: 'must be a duration such as `90s`, `5m` or `1h30m`, or {time: 80ms, threads: 8}' })
      .optional()
      .describe('Works on a CPU for so long.'),
    call: call.optional(),
    query: z
      .union([duration, z.strictObject({ time: duration, lock: word.optional().describe('Rows that only one transaction may hold at once.'), fresh: duration.optional().describe('It fails on a replica that lags behind by more.'), table: word.optional().describe('The table that it works on; without it, one named after the lock or after what the program does.'), writes: z.boolean().optional().describe('A replica does not take it; without the word, a statement writes where it locks rows.') })], {
        error: 'must be a duration such as 3ms, or {time: 3ms, lock: orders}',
      })
      .optional()
      .describe('Inside a transaction: works in the database for so long.'),
    transaction: z
      .strictObject({
        on: serviceName,
        pool: numberSetting.describe('Connections of each pod.'),
        acquireTimeout: durationSetting.default('30s').describe('How long a request waits for a connection before it fails.'),
        connect: z
          .strictObject({
            timeout: durationSetting.default('5s').describe('How long it waits for a new connection before it begins anew.'),
            backoff: durationSetting.default('0s').describe('The pause before it tries again, in the mean, with full jitter.'),
            lifetime: durationSetting.default('30m').describe('After so long a connection is closed and a new one opened.'),
          })
          .optional()
          .describe('How the pool opens connections, where they cost the database something.'),
        steps,
      })
      .optional()
      .describe('Takes a connection from the pod\'s pool, runs the steps while it holds it, gives it back.'),
    cached: z
      .strictObject({ on: serviceName, hit: share.describe('The share that the cache has.'), time: duration.default('1ms').describe('How long a look-up takes.'), ttl: duration.optional().describe('After so long what it holds ends, and until the source has answered everybody misses.'), coalesced: z.boolean().default(false).describe('Whether one asks the source for all who miss, and they wait.'), miss: steps.describe('What is done for the rest.') })
      .optional()
      .describe('Asks a cache first.'),
    when: z
      .strictObject({
        env: word,
        default: z.union([z.string(), z.boolean(), z.number()]).transform((value) => String(value)).default('on').describe('What holds where it is not set.'),
        steps,
      })
      .optional()
      .describe('Runs the steps unless the setting is `off`, `false` or `0`.'),
  })
  .refine((value) => Object.keys(value).length === 1, 'must be one step: cpu, call, query, transaction, cached or when')
  .meta({ id: 'step', minProperties: 1, maxProperties: 1 });

const version = z.strictObject({
  cpu: z.number().min(0.01).max(1_000).default(1).describe('Its CPU steps take so many times as long.'),
  errors: share.default(0).describe('The share of requests that fail by a defect of this version.'),
  crashAfter: duration.optional().describe('Exits so long after its start.'),
});

const log = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  text: line.describe('The line; {route}, {ms}, {id} are filled in.'),
  perRequest: z.number().min(0).max(100).default(1).describe('Lines per request.'),
});

const logs = z
  .union([z.array(log), z.strictObject({ format: z.enum(['text', 'json', 'logfmt']).describe('`text`: the level and the line; `json`, `logfmt`: structured, with time, level, msg, trace_id, route, status, duration_ms.'), lines: z.array(log).default([]).describe('The lines.') })], {
    error: 'must be a list of lines, or {format: json, lines: [...]}',
  })
  .describe('What healthy life logs: a list of lines, or {format: json, lines: [...]}.');

const patchOperation = z.strictObject({
  op: z.enum(['add', 'remove', 'replace', 'test']).describe('What is done.'),
  path: z.string().describe('A JSON pointer into the object, such as `/metadata/labels/team`.'),
  value: z.unknown().optional().describe('What is added, put in place, or tested for.'),
});

const webhookRule = z.strictObject({
  path: z.string().regex(/^\/\S*$/, 'must begin with /').default('/').describe('Of the URL.'),
  if: line.default('true').describe('CEL over `request`, `object` and `oldObject`.'),
  deny: line.optional().describe('Refuses with this message.'),
  warn: line.optional().describe('Lets it pass, with this warning.'),
  patch: z.array(patchOperation).optional().describe('A JSON patch of the object.'),
});

const webhook = z.strictObject({
  port: z.number().int().min(1).max(65_535).default(8443).describe('Of the container.'),
  latency: durationSetting.default('5ms').describe('Until it answers.'),
  rules: z.array(webhookRule).default([]).describe('The first of the path whose condition holds decides; without one the request is allowed.'),
});

const tag = z.string({ error: 'must be a text: put the version in quotes' }).regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, 'is no image tag');

const program = z.strictObject({
  tags: z.array(tag).min(1, 'names no version').describe('The versions that the registry holds.'),
  kind: z.enum(['service', 'database', 'cache', 'worker']).default('service'),
  start: duration.default('2s').describe('From the container\'s start until it can be ready.'),
  threads: numberSetting.default(64).describe('Requests served at once; the rest queue.'),
  needs: z.array(word).default([]).describe('Environment variables without which it exits with an error.'),
  flags: z.string().optional().describe('A ConfigMap whose keys it reads live, without a restart: `NAME` or `NAMESPACE/NAME`.'),
  maxConnections: numberSetting.optional().describe('Databases: client connections before it refuses more.'),
  connect: duration.optional().describe('Databases: the CPU time that a new connection costs (authentication, TLS); without it, connections are there at once.'),
  upkeep: z
    .array(
      z.strictObject({
        every: duration.describe('How far apart it begins, counted from midnight.'),
        length: duration.describe('How long it takes.'),
        cpu: z.number().min(0).max(1_000).default(0).describe('Cores that it takes meanwhile.'),
        disk: duration.default('0s').describe('By how much longer the disk takes for each statement meanwhile.'),
      }),
    )
    .optional()
    .describe('Databases: what they do beside statements, again and again: checkpoints, vacuum.'),
  consumes: z
    .array(
      z.strictObject({
        from: serviceName.describe('The broker: a service whose routes are its topics.'),
        topic: word.describe('The route that producers call.'),
        route: word.describe('Its own route that handles one message.'),
        partitions: z.number().int().min(1).max(10_000).default(1).describe('Each is read by one pod, one message after the other.'),
        retention: duration.default('24h').describe('What waits longer is gone.'),
        rebalance: duration.default('6s').describe('For so long nobody reads when pods come or go.'),
      }),
    )
    .optional()
    .describe('Topics that its pods read as one group.'),
  replica: z
    .strictObject({
      env: word.default('PRIMARY_HOST').describe('Whose address it follows; where the variable is empty or not set, it is a primary.'),
      lag: duration.default('200ms').describe('By how much it is behind at least.'),
      catchUp: z.number().min(1).max(1_000).default(4).describe('It reads so many times as fast as is written.'),
    })
    .optional()
    .describe('Databases: can follow another, and take over.'),
  job: z
    .strictObject({
      route: word.describe('Its own route that handles one unit.'),
      units: numberSetting.describe('How many there are to do, as many at once as it has threads; then it ends.'),
      memory: z.number().min(0).max(100_000).default(0).describe('In MiB: what it keeps of each unit until a batch of them is written.'),
      batch: numberSetting.default(1_000_000_000).describe('How many units it writes at once; all of them where it is not said.'),
      failures: numberSetting.default(10).describe('With more failures than these it gives up and exits with 1.'),
    })
    .optional()
    .describe('What it does by itself before it ends: the program of a Job or CronJob.'),
  queue: numberSetting.optional().describe('Requests that may wait for a thread before more are turned away; 512 where it is not said.'),
  order: z.enum(['fifo', 'lifo']).optional().describe('Who waits is served in order of arrival (`fifo`), or the newest first (`lifo`): then some are answered in time, and the oldest never.'),
  sheds: z.array(word).optional().describe('Routes that are turned away first, from half a full queue on.'),
  certificate: z.strictObject({ until: z.iso.datetime({ error: 'must be a time such as 2026-03-01T00:00:00Z' }).describe('The last moment at which it is good, such as 2026-03-01T00:00:00Z.') }).optional().describe('The certificate that it shows its callers.'),
  memory: z.strictObject({ perRequest: z.number().min(0).max(100_000).describe('In MiB.'), heap: z.number().min(1).max(10_000_000).optional().describe('In MiB: the heap that its runtime allows itself. The fuller it is, the more is spent on collecting.') }).optional().describe('Memory that requests inside take; with a memory limit, too many of them end it.'),
  cold: z
    .strictObject({ factor: z.number().min(1).max(1_000), requests: plainNumber })
    .optional()
    .describe('How many times slower it is right after a start, and how many requests warm it up.'),
  routes: z.record(word, steps).describe('What it does, by route; `default` serves routes without an entry.'),
  versions: z.record(z.string(), version).default({}).describe('What single versions do differently, by tag.'),
  logs: logs.default([]),
  webhook: webhook.optional().describe('Admission webhooks that it serves.'),
});

const load = z.strictObject({
  service: z.string().describe('A Service: `NAME` where there is only one of that name, else `NAMESPACE/NAME`.'),
  route: word.default('default'),
  rate: plainNumber.describe('Requests per second.'),
  noise: share.default(0.05).describe('Relative standard deviation of the rate from one 15 s interval to the next.'),
  patience: duration.default('30s').describe('After so long a user gives up; the work goes on without them.'),
  retries: z.number().min(0).max(20).default(0).describe('How often a user who met a failure tries again at once.'),
  ingress: z
    .strictObject({ host: z.string().regex(/^[a-z0-9.-]+$/i, 'is no host name').describe('The host that users know.'), path: z.string().regex(/^\/\S*$/, 'must begin with /').default('/').describe('What they ask of it.') })
    .optional()
    .describe('The address that users know: what the Ingresses say of it decides where they get.'),
  global: z.string().optional().describe('The global name that users know: they get to the nearest region that is well.'),
  from: z.string().optional().describe('The region that they are in.'),
  daily: z
    .strictObject({ peak: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'is no time of day: write one such as 20:30').describe('When users send `rate`.'), lowest: share.describe('The share of `rate` that is left twelve hours from the peak.') })
    .optional()
    .describe('How the rate follows the day (UTC).'),
  bursts: z
    .strictObject({ every: duration.describe('How far apart they begin.'), length: duration.describe('How long each lasts.'), factor: z.number().min(1).max(1_000).describe('How many times as much.') })
    .optional()
    .describe('So many times as much for a while, again and again, counted from midnight: a crawler, everybody\'s cron job.'),
});

const external = z.strictObject({
  host: z.string().regex(/^[a-z0-9.-]+$/i, 'is no host name').describe('Its host name, as logs show it.'),
  latency: duration,
  errors: share.default(0),
  limit: z.number().min(0).max(1_000_000_000).optional().describe('Requests a second that it grants before it answers 429.'),
});

const alert = z.strictObject({
  name: word,
  service: z.string().describe('A Service: `NAME` or `NAMESPACE/NAME`.'),
  metric: z.enum(['error-ratio', 'p95', 'connections-used', 'restarts', 'cpu-used', 'unready']),
  above: z
    .union([z.number(), z.string().regex(/^(?:\d+(?:\.\d+)?%|(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)$/)], { error: 'must be a number, a share such as `5%` or a duration such as `6s`' })
    .describe('Fires above this: a duration for p95, a share for error-ratio, connections-used and cpu-used, a number for the rest.'),
  for: duration.default('1m').describe('It must have held so long.'),
  severity: z.enum(['page', 'warning']).default('warning'),
  text: line,
});

export const trafficShape = z
  .strictObject({
    load: z.array(load).min(1, 'asks nothing of the cluster').describe('What users ask of which service.'),
    programs: z.record(z.string(), program).describe('What the images do, by image without its tag.'),
    images: imagesShape,
    regions: regionsShape,
    globals: globalsShape,
    externals: z.record(word, external).default({}).describe('Parties outside of the cluster; steps call them as `external/NAME`.'),
    noise: z.enum(['none', 'some', 'much']).default('none').describe('What else goes on: `some` are log lines and routine events that mean nothing and a few changes of other teams; `much` are more of them, neighbours in the same cluster who roll out, probes that time out once, and an alert that everybody knows to be flaky.'),
    alerts: z.array(alert).default([]).describe('Alert rules.'),
  })
  .describe('What the images of a sandbox cluster do, who calls them, and what is alerted on.');

export type AuthoredTraffic = z.output<typeof trafficShape>;
export type AuthoredSetting = z.output<typeof numberSetting> | z.output<typeof durationSetting>;
