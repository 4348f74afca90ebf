/** The people who share the pager. */
export interface Party {
  readonly name: string;
  /** In the order of the file; names differ. */
  readonly people: readonly Person[];
  /** Every skill the party knows by name, its own included. */
  readonly skills: Readonly<Record<string, SkillKind>>;
}

export interface Person {
  readonly name: string;
  /** IANA name, such as `Europe/Lisbon`. */
  readonly timeZone: string;
  /** Level by skill: {@link LEVELS}. A skill that is missing counts as 0. */
  readonly skills: Readonly<Record<string, Level>>;
  /** Whether the person agreed to be paged outside of the terminal. Nothing about anybody else ever leaves the machine. */
  readonly consent: boolean;
  /** Seat whose `GAMEDAY_PAGERDUTY_ROUTING_KEY_<SEAT>` is this person's own; null where the shared key reaches them. Never a key. */
  readonly pagerSeat: string | null;
  /** What the person may do to a drill's cluster through its API: a ClusterRole such as `view`, or one in a namespace such as `shop/edit`; null where nothing is said. */
  readonly clusterRole: string | null;
}

/** 0 never met it · 1 has read of it · 2 does it with help · 3 does it alone · 4 others ask · 5 wrote the book. */
export type Level = 0 | 1 | 2 | 3 | 4 | 5;
export const LEVELS = [0, 1, 2, 3, 4, 5] as const satisfies readonly Level[];

/** From this level on a person does the work alone at night. */
export const ALONE: Level = 3;

/** `people`: what both a developer and a systems administrator have. */
export type SkillKind = 'development' | 'operations' | 'people';

/** The skills that every party may name without declaring them. */
export const COMMON_SKILLS: Readonly<Record<string, SkillKind>> = {
  programming: 'development',
  testing: 'development',
  delivery: 'development',
  frontend: 'development',
  databases: 'operations',
  networks: 'operations',
  linux: 'operations',
  kubernetes: 'operations',
  storage: 'operations',
  monitoring: 'operations',
  security: 'operations',
  communication: 'people',
  coordination: 'people',
};

export function levelOf(person: Person, skill: string): Level {
  return Object.hasOwn(person.skills, skill) ? (person.skills[skill] as Level) : 0;
}
