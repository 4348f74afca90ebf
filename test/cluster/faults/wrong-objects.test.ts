import { tryFaults } from '../../support/fault-trial.ts';

tryFaults(['services', 'workloads', 'configuration']);
