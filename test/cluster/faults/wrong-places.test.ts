import { tryFaults } from '../../support/fault-trial.ts';

tryFaults(['resources', 'scheduling', 'storage', 'policy']);
