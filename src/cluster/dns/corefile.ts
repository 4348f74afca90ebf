/** What a resolver does with names, as its Corefile tells it: as far as plugins change which names are found. */
export interface Corefile {
  /** Whether it answers for the Services of the cluster. */
  readonly cluster: boolean;
  /** Whether it reads its file again when that has changed. */
  readonly reloads: boolean;
  readonly forwards: readonly string[];
  readonly rewrites: readonly Rewrite[];
  readonly templates: readonly Template[];
}

interface Rewrite {
  readonly how: 'exact' | 'prefix' | 'suffix' | 'substring';
  readonly from: string;
  readonly to: string;
}

interface Template {
  /** `ANY`, `A`, `AAAA`. */
  readonly type: string;
  readonly zones: readonly string[];
  readonly match: string | null;
  readonly rcode: string;
}

/** Reads the first server block of a Corefile. Plugins that change no name are passed over. Source: https://coredns.io/plugins */
export function readCorefile(text: string): Corefile {
  const read = { cluster: false, reloads: false, forwards: [] as string[], rewrites: [] as Rewrite[], templates: [] as Template[] };
  for (const { words: [plugin, ...rest], inner } of pluginsOf(text)) {
    if (plugin === 'kubernetes') read.cluster ||= rest.some((zone) => bare(zone) === 'cluster.local');
    else if (plugin === 'reload') read.reloads = true;
    else if (plugin === 'forward') read.forwards.push(...rest.slice(1));
    else if (plugin === 'rewrite') read.rewrites.push(...rewriteOf(rest));
    else if (plugin === 'template') {
      const [, type = 'ANY', ...zones] = rest;
      const said = (name: string): string | null => inner.find((words) => words[0] === name)?.[1] ?? null;
      read.templates.push({ type: type.toUpperCase(), zones: zones.map(bare), match: said('match'), rcode: said('rcode') ?? 'NOERROR' });
    }
  }
  return read;
}

/** What the rules make of a name, before anybody looks it up: the name that is looked up then, and the answer where a rule has it. */
export function ruled({ rewrites, templates }: Corefile, name: string, type: string): { readonly name: string; readonly rcode: string | null } {
  const rule = rewrites.find((one) => applies(one, name));
  const asked = rule === undefined ? name : rewritten(rule, name);
  const template = templates.find((one) => (one.type === 'ANY' || one.type === type) && (one.zones.length === 0 || one.zones.some((zone) => zone === '' || asked === zone || asked.endsWith(`.${zone}`))) && (one.match === null || matches(one.match, asked)) && one.rcode !== 'NOERROR');
  return { name: asked, rcode: template?.rcode ?? null };
}

function pluginsOf(text: string): { readonly words: readonly string[]; readonly inner: (readonly string[])[] }[] {
  const found: { words: readonly string[]; inner: (readonly string[])[] }[] = [];
  let depth = 0;
  for (const line of text.split('\n')) {
    const words = line.replace(/#.*$/, '').trim().split(/\s+/).filter((word) => word !== '');
    const opens = words.at(-1) === '{';
    const own = words.filter((word) => word !== '{' && word !== '}');
    if (depth === 1 && own.length > 0) found.push({ words: own, inner: [] });
    else if (depth === 2 && own.length > 0) found.at(-1)?.inner.push(own);
    if (opens) depth++;
    if (words[0] === '}') depth--;
    if (depth === 0 && found.length > 0) break;
  }
  return found;
}

function rewriteOf(words: readonly string[]): Rewrite[] {
  const [field, ...rest] = words[0] === 'stop' || words[0] === 'continue' ? words.slice(1) : words;
  if (field !== 'name') return [];
  const [how = 'exact', from, to] = rest.length > 2 ? rest : ['exact', ...rest];
  return from === undefined || to === undefined || (how !== 'exact' && how !== 'prefix' && how !== 'suffix' && how !== 'substring') ? [] : [{ how, from: how === 'exact' ? bare(from) : from.replace(/\.$/, ''), to: how === 'exact' ? bare(to) : to.replace(/\.$/, '') }];
}

function applies({ how, from }: Rewrite, name: string): boolean {
  return how === 'exact' ? name === from : how === 'prefix' ? name.startsWith(from) : how === 'suffix' ? name.endsWith(from) : name.includes(from);
}

function rewritten({ how, from, to }: Rewrite, name: string): string {
  return how === 'exact' ? to : how === 'prefix' ? to + name.slice(from.length) : how === 'suffix' ? name.slice(0, name.length - from.length) + to : name.replace(from, to);
}

/** Of patterns, those that hold a literal or a start are understood; any other matches nothing. */
function matches(pattern: string, name: string): boolean {
  const plain = pattern.replaceAll('"', '').replaceAll('\\.', '.').replace(/^\.\*|\.\*$|[[(]\.[\])]\$?$|\.\$$/g, '');
  const bareName = plain.replace(/^\^/, '').replace(/\$$/, '');
  if (/[*+?()[\]|]/.test(bareName)) return false;
  return plain.startsWith('^') ? name.startsWith(bareName) : name.includes(bareName);
}

function bare(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}
