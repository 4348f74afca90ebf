import { Command } from 'commander';
import { lookAtMachine } from '../outside/machine.ts';
import { plainText } from '../yaml/complaint.ts';
import { findingsOf, type Finding } from './doctor-findings.ts';

interface DoctorOptions {
  readonly drills: string;
  readonly json?: boolean;
}

/** `gameday doctor`: what this machine has and what gameday will make of it. Exit code 0: it will do; 1: something needed is missing. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what this machine has, and what to do about what it lacks')
    .option('--drills <folder>', 'where drills are recorded', 'postmortems')
    .option('--json', 'print the findings as JSON')
    .action(async (options: DoctorOptions) => {
      const machine = await lookAtMachine({ ...process.env, GAMEDAY_VERSION: process.env['GAMEDAY_VERSION'] }, options.drills);
      const findings = findingsOf(machine);
      process.stdout.write(options.json === true ? `${JSON.stringify({ findings, machine }, null, 2)}\n` : asText(findings));
      process.exitCode = findings.some(({ status }) => status === 'missing') ? 1 : 0;
    });
}

function asText(findings: readonly Finding[]): string {
  const widest = Math.max(...findings.map(({ about }) => about.length));
  const lines = findings.flatMap(({ about, status, found, cure }) => [
    `${status.padEnd(7)}  ${about.padEnd(widest)}  ${found}`,
    ...(cure === '' ? [] : [`${' '.repeat(9)}${' '.repeat(widest)}  ${cure}`]),
  ]);
  const missing = findings.filter(({ status }) => status === 'missing').length;
  const warned = findings.filter(({ status }) => status === 'warn').length;
  const verdict = missing > 0 ? 'Something that gameday needs is missing.' : warned > 0 ? 'gameday works here, with these limits.' : 'gameday works here.';
  return [...lines, '', verdict].map((line) => `${plainText(line)}\n`).join('');
}
