import { tryFaults } from '../../support/fault-trial.ts';

tryFaults(['nodes', 'network', 'dependencies', 'programs', 'load']);
