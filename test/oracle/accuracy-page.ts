import { agreement, GOALS, isWithin, type ShopRow, type StormRow } from './measurements.ts';

/** ACCURACY.md: how far the flow model is from the request-level simulation of the same graphs. */
export function accuracyPage(shops: readonly ShopRow[], storms: readonly StormRow[]): string {
  const { asked, agreed } = agreement(storms);
  const good = shops.filter(isWithin).length;
  const stuck = storms.filter(({ oracle }) => oracle === 'stays stuck').length;
  const inBand = storms.length - asked;
  return `# How accurate the flow model is
Made by \`npm run accuracy -- --write\`. The fast model that drills run on is held against the oracle of \`test/oracle/\`: a
simulation of the same graph request by request, with first-come-first-served threads, pools and locks, cores that all who work
share alike, time-outs after which the work goes on, and retries. It shares the description of programs with the model and no
arithmetic. \`test/oracle/closed-forms.test.ts\` holds the oracle itself to Erlang's C formula, within 1%.

## Latencies
Random shops of three layers with a cache, a database and a party outside, each at a utilisation of its busiest threads, cores
or pool between 0.2 and 0.85. In troubled ones calls have time-outs that bite and retries, the party fails, and users ask two
things. Goal: the mean within ${percent(GOALS.mean)}, the 99th percentile within ${percent(GOALS.p99)}.

**${good} of ${shops.length} rows are within both.** Mean: ${spreadOf(shops.map(({ meanOff }) => meanOff))}. p99: ${spreadOf(shops.map(({ p99Off }) => p99Off))}.

Beyond the goals lie requests that come back to one busy core again and again (the crowd there is their own), and shops above
0.8 whose own retries would sustain a storm: sooner or later chance tips the oracle into it, and the model waits for a cause.

| shop, route | utilisation | mean ms, model | oracle | off | p99 ms, model | oracle | off | failed, model | oracle |
|---|---|---|---|---|---|---|---|---|---|
${shops.map(shopLine).join('\n')}

## Recovers, or stays stuck
A front calls a back with a time-out and up to four retries; a spike of 1.2 to 8 times the load lasts 2 to 40 s and is taken
away. ${AFTER} later either most requests succeed again or most still fail. The boundary band, where chance decides: the load with all its
retries, or the backlog that the spike leaves against the time-out, is within a factor e^±${GOALS.band} of the tipping point.

**Outside of the band both say the same of ${agreed} of ${asked} storms (${percent(agreed / asked)}; goal ${percent(GOALS.storms)})**; inside, of ${storms.filter(({ margin, model, oracle }) => margin < GOALS.band && model === oracle).length} of ${inBand}. ${stuck} of ${storms.length} stay stuck by themselves.

| storm | distance from the boundary | model | oracle |
|---|---|---|---|
${storms.map(({ seed, margin, model, oracle }) => `| ${seed} | ${margin.toFixed(2)} | ${model} | ${oracle}${model === oracle ? '' : ' **(differs)**'} |`).join('\n')}
`;
}

const AFTER = 'Two minutes';

function shopLine(row: ShopRow): string {
  const { name, utilisation, meanMs, p99Ms, meanOff, p99Off, failed } = row;
  const cells = [name, utilisation.toFixed(2), meanMs.model.toFixed(1), meanMs.oracle.toFixed(1), off(meanOff, GOALS.mean), p99Ms.model.toFixed(0), p99Ms.oracle.toFixed(0), off(p99Off, GOALS.p99), percent(failed.model, 2), percent(failed.oracle, 2)];
  return `| ${cells.join(' | ')} |`;
}

function off(share: number, goal: number): string {
  const text = `${share < 0 ? '−' : '+'}${percent(Math.abs(share), 1)}`;
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
