import { digest } from '../../../time/dice.ts';
import type { SimMs } from '../../../time/sim-time.ts';
import type { PodFlow } from '../../traffic/graph.ts';
import { CONNECTIONS, human, information } from './information.ts';
import { array, bulk, error, number, OK, type Reply, status } from './reply.ts';
import { NOAUTH, type RedisServer, type RedisUser, WRONGPASS } from './server.ts';
import { bytesOf } from './settings.ts';

/** What a session needs of the world around its server. */
export interface RedisWorld {
  readonly nowMs: SimMs;
  unixMs(atMs: SimMs): number;
  addressOf(pod: PodFlow): string | null;
  startedMs(pod: PodFlow): SimMs;
  /** Called when something was changed that others may feel. */
  changed(): void;
}

/** One connection of somebody with `redis-cli`. */
export class RedisSession {
  readonly #server: RedisServer;
  readonly #world: RedisWorld;
  readonly #id: number;
  readonly #sinceMs: SimMs;
  #user: string | null;

  constructor(server: RedisServer, id: number, world: RedisWorld) {
    this.#server = server;
    this.#world = world;
    this.#id = id;
    this.#sinceMs = world.nowMs;
    this.#user = server.password === null && !server.users.has('default') ? 'default' : null;
  }

  /** Runs a command as somebody who was let in before. */
  force(words: readonly string[]): Reply {
    this.#user ??= 'default';
    return this.run(words);
  }

  /** Runs one command. */
  run(words: readonly string[]): Reply {
    const [command = '', ...args] = words;
    const name = command.toUpperCase();
    if (name === 'AUTH') return this.#authenticate(args);
    if (name === 'HELLO' || name === 'QUIT') return OK;
    if (this.#user === null) return error(NOAUTH);
    const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (run === undefined) return error(`ERR unknown command '${command}', with args beginning with: ${args.slice(0, 3).map((one) => `'${one}' `).join('')}`);
    const least = LEAST[name] ?? 0;
    if (args.length < least) return error(`ERR wrong number of arguments for '${command.toLowerCase()}' command`);
    return run(this.#server, args, { world: this.#world, clients: () => this.#clients(), user: this.#user });
  }

  #authenticate(args: readonly string[]): Reply {
    const [user, password] = args.length > 1 ? [args[0] as string, args[1] as string] : ['default', args[0]];
    if (password === undefined) return error("ERR wrong number of arguments for 'auth' command");
    const { password: needed, users } = this.#server;
    const known = users.get(user);
    if (args.length === 1 && needed === null && known === undefined) return error('ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?');
    const fits = known === undefined ? user === 'default' && (needed === null || needed === password) : known.on && (known.nopass || known.passwords.includes(password));
    if (!fits) return error(WRONGPASS);
    this.#user = user;
    return OK;
  }

  #clients(): string[] {
    const { nowMs } = this.#world;
    const line = (id: number, address: string, ageMs: number, idleS: number, command: string, user: string, name: string): string => `id=${id} addr=${address} laddr=0.0.0.0:6379 fd=${8 + (id % 900)} name=${name} age=${Math.max(0, Math.floor(ageMs / 1000))} idle=${idleS} flags=N db=0 sub=0 psub=0 multi=-1 qbuf=26 qbuf-free=20448 argv-mem=10 obl=0 oll=0 omem=0 tot-mem=22298 events=r cmd=${command} user=${user} resp=2`;
    const lines = this.#server.clients().flatMap((client) => Array.from({ length: CONNECTIONS }, (_, nth) => {
      const hash = Number.parseInt(digest(`${client.pod.uid}/${nth}`).slice(0, 7), 16);
      const refused = this.#server.refusal(client) !== null;
      return line(3 + (hash % 40_000), `${this.#world.addressOf(client.pod) ?? '127.0.0.1'}:${32_768 + (hash % 28_000)}`, refused ? 2_000 : nowMs - this.#world.startedMs(client.pod), refused ? 1 : hash % 3, refused ? 'auth' : nth % 2 === 0 ? 'get' : 'set', refused ? '(superuser)' : 'default', '');
    }));
    return [...lines, line(this.#id, '127.0.0.1:51210', nowMs - this.#sinceMs, 0, 'client|list', this.#user ?? 'default', '')];
  }
}

interface Around {
  readonly world: RedisWorld;
  readonly user: string;
  clients(): string[];
}

type Command = (server: RedisServer, args: readonly string[], around: Around) => Reply;

const LEAST: Readonly<Record<string, number>> = { GET: 1, SET: 2, DEL: 1, EXISTS: 1, INCR: 1, KEYS: 1, TTL: 1, TYPE: 1, EXPIRE: 2, CONFIG: 1, CLIENT: 1, ACL: 1, SLOWLOG: 1, MEMORY: 1, ECHO: 1, SELECT: 1 };

const COMMANDS: Readonly<Record<string, Command>> = {
  PING: (_, [text]) => (text === undefined ? status('PONG') : bulk(text)),
  ECHO: (_, [text = '']) => bulk(text),
  SELECT: (_, [db = '0']) => (/^(?:\d|1[0-5])$/.test(db) ? OK : error('ERR DB index is out of range')),
  SET: (server, [key = '', value = '']) => {
    if (server.policy === 'noeviction' && server.room < 1) return error("OOM command not allowed when used memory > 'maxmemory'.");
    if (server.keys.size < 10_000) server.keys.set(key, value);
    return OK;
  },
  GET: (server, [key = '']) => bulk(server.keys.get(key) ?? null),
  DEL: (server, keys) => number(keys.filter((key) => server.keys.delete(key)).length),
  EXISTS: (server, keys) => number(keys.filter((key) => server.keys.has(key)).length),
  INCR: (server, [key = '']) => {
    const next = Number(server.keys.get(key) ?? 0) + 1;
    if (!Number.isSafeInteger(next)) return error('ERR value is not an integer or out of range');
    server.keys.set(key, String(next));
    return number(next);
  },
  KEYS: (server) => array([...server.keys.keys()]),
  SCAN: (server) => array([bulk('0'), array([...server.keys.keys()].slice(0, 10))]),
  TTL: (server, [key = '']) => number(server.keys.has(key) ? -1 : -2),
  TYPE: (server, [key = '']) => status(server.keys.has(key) ? 'string' : 'none'),
  EXPIRE: (server, [key = '']) => number(Number(server.keys.has(key))),
  DBSIZE: (server, _, { world }) => {
    server.count(world.nowMs);
    return number(server.keysOfClients + server.keys.size);
  },
  TIME: (_, __, { world }) => array([String(Math.floor(world.unixMs(world.nowMs) / 1000)), '0']),
  FLUSHALL: flush, FLUSHDB: flush,
  INFO: (server, [section = ''], { world }) => bulk(information(server, section, world.nowMs)),
  CONFIG: config, CLIENT: clients, ACL: acl, SLOWLOG: slowlog, MEMORY: memory,
  ROLE: () => array([bulk('master'), number(0), array([])]),
  LASTSAVE: (_, __, { world }) => number(Math.floor(world.unixMs(world.nowMs) / 1000) - 811),
  LATENCY: () => array([]), COMMAND: () => array([]), MODULE: () => array([]), SAVE: () => OK, BGSAVE: () => status('Background saving started'),
};

function flush(server: RedisServer, _: readonly string[], { world }: Around): Reply {
  server.slow.unshift({ id: 14 + server.flushes, unixS: Math.floor(world.unixMs(world.nowMs) / 1000), tookUs: 91_204, words: ['FLUSHALL'] });
  server.flush(world.nowMs);
  world.changed();
  return OK;
}

/** Settings that can be read; those with true can be set. */
function settingsOf(server: RedisServer): Readonly<Record<string, string>> {
  return {
    maxmemory: String(server.maxBytes), 'maxmemory-policy': server.policy, requirepass: server.password ?? '', maxclients: '10000', timeout: '0', save: '3600 1 300 100 60 10000', appendonly: 'no', databases: '16', 'slowlog-log-slower-than': '10000', 'slowlog-max-len': '128',
    'tcp-keepalive': '300', hz: '10', port: '6379', bind: '* -::*', 'maxmemory-samples': '5', 'lazyfree-lazy-eviction': 'no', dir: '/data', dbfilename: 'dump.rdb', 'protected-mode': 'no', ...Object.fromEntries([...server.set].filter(([name]) => !['maxmemory', 'requirepass', 'maxmemory-policy'].includes(name))),
  };
}

const POLICIES = ['volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl', 'allkeys-lru', 'allkeys-lfu', 'allkeys-random', 'noeviction'];

function config(server: RedisServer, [word = '', ...args]: readonly string[], { world }: Around): Reply {
  const settings = settingsOf(server);
  switch (word.toUpperCase()) {
    case 'GET': {
      const patterns = args.map((pattern) => pattern.toLowerCase());
      const found = Object.keys(settings).filter((name) => patterns.some((pattern) => pattern === '*' || pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)))));
      return array(found.flatMap((name) => [name, settings[name] ?? '']));
    }
    case 'SET': {
      const [name = '', value = ''] = args;
      const lower = name.toLowerCase();
      if (!Object.hasOwn(settings, lower)) return error(`ERR Unknown option or number of arguments for CONFIG SET - '${name}'`);
      if (lower === 'maxmemory' && value !== '0' && bytesOf(value) === 0) return error("ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value");
      if (lower === 'maxmemory-policy' && !POLICIES.includes(value)) return error("ERR CONFIG SET failed (possibly related to argument 'maxmemory-policy') - argument(s) must be one of the following: " + POLICIES.join(', '));
      server.configure(lower, value);
      world.changed();
      return OK;
    }
    case 'RESETSTAT':
      Object.assign(server.counters, { hits: 0, misses: 0, commands: 0, evicted: 0 });
      return OK;
    case 'REWRITE': return error('ERR The server is running without a config file');
    default: return error(`ERR unknown subcommand '${word}'. Try CONFIG HELP.`);
  }
}

function clients(server: RedisServer, [word = '']: readonly string[], around: Around): Reply {
  switch (word.toUpperCase()) {
    case 'LIST': return bulk(`${around.clients().join('\n')}\n`);
    case 'GETNAME': return bulk('');
    case 'ID': return number(41_007);
    case 'SETNAME': case 'NO-EVICT': case 'SETINFO': return OK;
    case 'KILL':
      server.hangUp();
      around.world.changed();
      return number(server.clients().length * CONNECTIONS);
    case 'INFO': return bulk(`${around.clients().at(-1) ?? ''}\n`);
    default: return error(`ERR unknown subcommand '${word}'. Try CLIENT HELP.`);
  }
}

function acl(server: RedisServer, [word = '', name = '', ...rules]: readonly string[], { world, user }: Around): Reply {
  const all = (): [string, RedisUser][] => [...(server.users.has('default') ? [] : [['default', { on: true, passwords: server.password === null ? [] : [server.password], nopass: server.password === null, rules: '~* &* +@all' }] as [string, RedisUser]]), ...server.users];
  const line = ([of, { on, passwords, nopass, rules: said }]: [string, RedisUser]): string => `user ${of} ${on ? 'on' : 'off'} ${nopass ? 'nopass ' : passwords.map((password) => `#${digest(password)}${digest(`${password}/2`)}${digest(`${password}/3`)}${digest(`${password}/4`)} `).join('')}${said}`;
  switch (word.toUpperCase()) {
    case 'WHOAMI': return bulk(user);
    case 'LIST': return array(all().map(line));
    case 'USERS': return array(all().map(([of]) => of));
    case 'GETUSER': return array(all().filter(([of]) => of === name).flatMap(([, { on, nopass, rules: said }]) => [bulk('flags'), array([on ? 'on' : 'off', ...(nopass ? ['nopass'] : [])]), bulk('commands'), bulk(said)]));
    case 'SETUSER': {
      const known = server.users.get(name) ?? (name === 'default' ? { ...(all()[0] as [string, RedisUser])[1] } : { on: false, passwords: [], nopass: false, rules: '' });
      for (const rule of rules) applyRule(known, rule);
      server.users.set(name, known);
      world.changed();
      return OK;
    }
    case 'DELUSER':
      if (name === 'default') return error("ERR The 'default' user cannot be removed");
      return number(Number(server.users.delete(name)));
    case 'LOG': return array([]);
    default: return error(`ERR unknown subcommand '${word}'. Try ACL HELP.`);
  }
}

function applyRule(user: RedisUser, rule: string): void {
  if (rule === 'on' || rule === 'off') user.on = rule === 'on';
  else if (rule === 'nopass') Object.assign(user, { nopass: true, passwords: [] });
  else if (rule === 'resetpass') Object.assign(user, { nopass: false, passwords: [] });
  else if (rule.startsWith('>')) Object.assign(user, { nopass: false, passwords: [...user.passwords, rule.slice(1)] });
  else if (rule.startsWith('<')) user.passwords = user.passwords.filter((password) => password !== rule.slice(1));
  else user.rules = `${user.rules} ${rule}`.trim();
}

function slowlog(server: RedisServer, [word = '']: readonly string[]): Reply {
  switch (word.toUpperCase()) {
    case 'GET': return array(server.slow.map(({ id, unixS, tookUs, words }) => array([number(id), number(unixS), number(tookUs), array(words), bulk('127.0.0.1:40114'), bulk('')])));
    case 'LEN': return number(server.slow.length);
    case 'RESET':
      server.slow.splice(0);
      return OK;
    default: return error(`ERR unknown subcommand '${word}'. Try SLOWLOG HELP.`);
  }
}

function memory(server: RedisServer, [word = '']: readonly string[]): Reply {
  const used = server.usedBytes;
  switch (word.toUpperCase()) {
    case 'STATS': return array([bulk('peak.allocated'), number(used), bulk('total.allocated'), number(used), bulk('dataset.bytes'), number(Math.round(used * 0.94)), bulk('keys.count'), number(server.keysOfClients + server.keys.size), bulk('dataset.percentage'), bulk('94.1'), bulk('fragmentation'), bulk('1.08')]);
    case 'DOCTOR': return bulk(server.room < 1 ? `Sam, I detected a few issues in this Redis instance memory implants:\n\n * Memory in use (${human(used)}) is at the limit of maxmemory: keys are evicted all the time.\n` : 'Hi Sam, I can\'t find any memory issue in your instance. I can only account for what occurs on this base.\n');
    case 'USAGE': return number(72);
    default: return error(`ERR unknown subcommand '${word}'. Try MEMORY HELP.`);
  }
}
