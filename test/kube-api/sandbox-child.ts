import { sandboxCommand } from '../../src/commands/sandbox.ts';

/** `gameday sandbox` as a process of its own, for tests that stop it from outside. */
await sandboxCommand().parseAsync(process.argv.slice(2), { from: 'user' });
