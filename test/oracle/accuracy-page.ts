import { agreement, GOALS, isCourseWithin, isWithin, type ShopRow, type StormRow, type UpsetRow, upsetAgreement } from './measurements.ts';
import type { Course } from './over-time.ts';
import { BAND, TRIGGERS } from './upsets.ts';

/** All that one run measured. */
export interface Measured {
  readonly shops: readonly ShopRow[];
  readonly equipped: readonly ShopRow[];
  readonly storms: readonly StormRow[];
  readonly upsets: readonly UpsetRow[];
  readonly courses: readonly Course[];
  readonly forms: readonly { readonly name: string; readonly told: number; readonly oracle: number }[];
}

/** ACCURACY.md: how far the flow model is from the request-level simulation of the same graphs. */
export function accuracyPage(measured: Measured): string {
  const { shops, equipped, storms, upsets, courses, forms } = measured;
  return `# How accurate the flow model is
Made by \`npm run accuracy -- --write\`. The fast model that drills run on is held against the oracle of \`test/oracle/\`: a
simulation of the same graph request by request, with first-come-first-served threads, pools and locks, cores that all who work
share alike, time-outs after which the work goes on, retries with back-off and budgets, breakers, bounded queues, partitions and
consumers, caches that end and warm up, quotas of parties, lines between zones, and pods that come and go. It shares the
description of programs with the model and no arithmetic. \`-- --seeds A..B\` measures seeds that nobody has looked at.

## The oracle itself
Over a million requests each, against what is known exactly. Goal: within 1%. CI does the same over fewer.

| system | exactly | oracle | off |
|---|---|---|---|
${forms.map(({ name, told, oracle }) => `| ${name} | ${told.toPrecision(4)} | ${oracle.toPrecision(4)} | ${off(oracle / told - 1, 0.01, 2)} |`).join('\n')}

## Latencies
Random shops of three layers with a cache, a database and a party outside, each at a utilisation of its busiest threads, cores
or pool between 0.2 and 0.85, as it is on a usual day: retries count. In troubled ones calls have time-outs that bite and
retries, the party fails, and users ask two things. Equipped ones have back-off, budgets, breakers before a party that may be
down, bounded queues, a broker with consumers, a cache whose things end, a party that counts, two zones, new connections,
look-ups that take time, and limits that were cut. Goal: the mean within ${percent(GOALS.mean)}, the 99th percentile within ${percent(GOALS.p99)}.

${summary('Calm and troubled', shops)}
${summary('Equipped', equipped)}

A shop is stormy where the model, pushed by five times as many users for half a minute, stays in its own retries two minutes
later: it has two ways to be, and in the oracle sooner or later chance does the pushing, however low the utilisation was before.
No mean means much there; its rows count like all others. Beyond the goals lie these; threads whose holders all wait for the
same busy cores (their number varies more than independent ones' would, and the wait for a thread with it); and calls of which
about one in a hundred takes far longer (a trial of a breaker, a time-out), where a tenth more or less of them moves the 99th
percentile from one to the other.

${shopTable([...shops, ...equipped])}

## Recovers, or stays stuck
**Of all points outside of the bands both say the same of ${agreement(storms).agreed + upsetAgreement(upsets).agreed} of ${agreement(storms).asked + upsetAgreement(upsets).asked}.**

${stormText(storms)}

${upsetText(upsets)}

| upset | what happens | band | model | oracle |
|---|---|---|---|---|
${upsets.map(({ seed, trigger, inBand, model, oracle }) => `| ${seed} | ${trigger} | ${inBand ? 'in' : ''} | ${model} | ${oracle}${model === oracle ? '' : ' **(differs)**'} |`).join('\n')}

| storm | distance from the boundary | model | oracle |
|---|---|---|---|
${storms.map(({ seed, margin, model, oracle }) => `| ${seed} | ${margin.toFixed(2)} | ${model} | ${oracle}${model === oracle ? '' : ' **(differs)**'} |`).join('\n')}

## Over time
Waves of messages, caches that were emptied, breakers before a party that fails. Goal: within ${percent(GOALS.p99)}.
**${courses.filter(isCourseWithin).length} of ${courses.length} are.** What is beyond: a model's topic is one line, of which each consumer reads its part; in
the oracle partitions fill by chance, and who reads two of them falls behind alone.

| what | model | oracle | unit | off |
|---|---|---|---|---|
${courses.map(({ name, unit, model, oracle }) => `| ${name} | ${model.toFixed(1)} | ${oracle.toFixed(1)} | ${unit} | ${off(model / oracle - 1, GOALS.p99)} |`).join('\n')}

## What is not compared
Work on several threads at once under a limit, which the kernel throttles by periods of 100 ms; limits below one core; heaps and
garbage; regions. Cores are shared smoothly in both.
`;
}

function summary(name: string, rows: readonly ShopRow[]): string {
  const good = rows.filter(isWithin);
  const outside = rows.filter((row) => !isWithin(row));
  const stormy = rows.filter((row) => row.stormy).length;
  return `**${name}: ${good.length} of ${rows.length} rows are within both (${percent(good.length / rows.length, 1)}).** Mean: ${spreadOf(rows.map(({ meanOff }) => meanOff))}. p99: ${spreadOf(rows.map(({ p99Off }) => p99Off))}. ${stormy} rows are of stormy shops; so are ${outside.filter((row) => row.stormy).length} of the ${outside.length} beyond.`;
}

function shopTable(rows: readonly ShopRow[]): string {
  return `| shop, route | utilisation | mean ms, model | oracle | off | p99 ms, model | oracle | off | failed, model | oracle |
|---|---|---|---|---|---|---|---|---|---|
${rows.map(shopLine).join('\n')}`;
}

function stormText(storms: readonly StormRow[]): string {
  const { asked, agreed } = agreement(storms);
  const stuck = storms.filter(({ oracle }) => oracle === 'stays stuck').length;
  const inside = storms.filter(({ margin, model, oracle }) => margin < GOALS.band && model === oracle).length;
  return `A front calls a back with a time-out and up to four retries; a spike of 1.2 to 8 times the load lasts 2 to 40 s and is taken
away. Two minutes later either most requests succeed again or most still fail. The boundary band, where chance decides: the load with all its
retries, or the backlog that the spike leaves against the time-out, is within a factor e^±${GOALS.band} of the tipping point.

**Outside of the band both say the same of ${agreed} of ${asked} storms (${percent(agreed / asked)}; goal ${percent(GOALS.storms)})**; inside, of ${inside} of ${storms.length - asked}. ${stuck} of ${storms.length} stay stuck by themselves.`;
}

function upsetText(upsets: readonly UpsetRow[]): string {
  const { asked, agreed } = upsetAgreement(upsets);
  const stuck = upsets.filter(({ oracle }) => oracle === 'stays stuck').length;
  const inBand = upsets.length - asked;
  const each = TRIGGERS.map((trigger) => {
    const { asked: of, agreed: same } = upsetAgreement(upsets.filter((row) => row.trigger === trigger));
    return `${trigger} ${same} of ${of}`;
  });
  return `Upsets have a cache before a database, a front with one to four retries and perhaps pauses, a budget or a breaker, and one of
five triggers that pass. The boundary band is declared by the model alone, before the oracle is asked: where ${percent(BAND)} more or less
of load or of the trigger (its size and length) has another outcome. It holds ${inBand} of ${upsets.length} points (${percent(inBand / upsets.length)}).

**Outside of the band both say the same of ${agreed} of ${asked} upsets (${percent(agreed / asked, 1)}; goal ${percent(GOALS.storms)})**: ${each.join(', ')}. ${stuck} of ${upsets.length} stay stuck by themselves.`;
}

function shopLine(row: ShopRow): string {
  const { name, stormy, utilisation, meanMs, p99Ms, meanOff, p99Off, failed } = row;
  const cells = [stormy ? `${name} (stormy)` : name, utilisation.toFixed(2), meanMs.model.toFixed(1), meanMs.oracle.toFixed(1), off(meanOff, GOALS.mean), p99Ms.model.toFixed(0), p99Ms.oracle.toFixed(0), off(p99Off, GOALS.p99), percent(failed.model, 2), percent(failed.oracle, 2)];
  return `| ${cells.join(' | ')} |`;
}

function off(share: number, goal: number, digits = 1): string {
  const text = `${share < 0 ? '−' : '+'}${percent(Math.abs(share), digits)}`;
  return Math.abs(share) > goal ? `**${text}**` : text;
}

function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)}%`;
}

function spreadOf(offs: readonly number[]): string {
  const sizes = offs.map((each) => Math.abs(each)).toSorted((one, other) => one - other);
  const at = (share: number): string => percent(sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))] ?? 0, 1);
  return `half within ${at(0.5)}, nine in ten within ${at(0.9)}, all within ${at(1)}`;
}
