import type { WelcomeChoices } from '../../src/ui/welcome-desk.ts';

/** Two scenarios and three second seats. */
export function someChoices(over: Partial<WelcomeChoices> = {}): WelcomeChoices {
  return {
    name: 'ana',
    scenarios: [
      { title: 'The slow site', kind: 'dojo', timeboxMs: 2_700_000, synopsis: 'It is 03:10. The storefront answers in seven seconds; five hundred milliseconds is normal at this hour.', skills: { communication: 2, databases: 2, networks: 1 } },
      { title: 'The full disk', kind: 'kata', timeboxMs: 600_000, synopsis: 'Nothing can be written any more.', skills: { systems: 1 } },
    ],
    partners: [
      { id: 'john', name: 'John', summary: 'Experienced. Looks before he touches, says what he does, and can be asked.' },
      { id: 'johnny', name: 'Johnny', summary: 'First week. Means well, restarts things.' },
      { id: null, name: 'Nobody', summary: 'You are alone with it.' },
    ],
    ...over,
  };
}
