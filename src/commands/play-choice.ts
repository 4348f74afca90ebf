/** What was asked for on the command line. */
export interface PlayOptions {
  readonly name?: string;
  readonly partner?: 'john' | 'johnny' | 'none';
  readonly party?: string;
  readonly pager: 'local' | 'pagerduty';
  readonly consent?: true;
  readonly pace: number;
  readonly seed?: number;
  readonly kubectl: 'auto' | 'real' | 'small';
  /** What this seat may do to the cluster through its API; else what its person's party says, else everything. */
  readonly role?: string;
  readonly out?: string;
  readonly resume?: string;
}

/** Who sits down to play what. */
export interface PlayChoice {
  readonly scenario: string;
  readonly you: { readonly name: string; readonly consent: boolean; readonly clusterRole?: string | null };
  /** `script` null: the seat stays empty. */
  readonly partner: { readonly name: string; readonly consent: boolean; readonly script: 'john' | 'johnny' } | null;
}

/** Scripted partners go by other names than the responders of the story, who may be rehearsed beside them. */
export const PARTNER_NAMES = { john: 'Robin', johnny: 'Jo' } as const;
