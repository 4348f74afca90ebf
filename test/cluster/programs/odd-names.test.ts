import { expect, test } from 'vitest';
import { onNode } from '../../support/a-node-shell.ts';
import { ContainerCluster } from '../../support/container-cluster.ts';
import { LabServer } from '../data/a-lab-server.ts';

/** Words that every object of JavaScript knows: whoever looks them up in a table of names must not find them there. */
const WORDS = ['constructor', '__proto__', 'toString'];
/** What only this program would say. */
const OURS = /undefined|NaN|\[object|TypeError|native code/;

test.each(WORDS.slice(0, 2))('at the prompt, at a database and at its neighbours %s is a word like any other', (word) => {
  const lab = new LabServer('10s');
  const said = [
    ...[`changes ${word}`, `kubectl ${word}`, `kubectl get ${word}`, `kubectl create ${word}`, `kubectl -n shop exec sts/postgres -- ${word}`, `kubectl -n shop exec sts/postgres -- psql --${word}`].map((line) => lab.types(line)),
    ...[`select extract(${word} from now())`, `select interval '1 ${word}'`, `select date_trunc('${word}', now())`, `alter table orders add column x ${word}`, 'select x from orders', '\\\\d orders', `show ${word}`, `select ${word}(1)`, `create role ${word} ${word}`].map((statement) => lab.sql(statement)),
    ...[`info ${word}`, word, `config get ${word}`, `client ${word}`].map((command) => lab.redis(command)),
    lab.kafka('kafka-configs.sh', `--alter --entity-type clients --entity-name ${word} --add-config ${word}=5`),
  ];
  expect(said.filter((text) => OURS.test(text))).toEqual([]);
});

test('on a node, too', () => {
  const world = new ContainerCluster();
  const said = onNode(world.cluster, 'node-1', WORDS.map((word) => `sysctl ${word}; sysctl -w ${word}=1; systemctl ${word} kubelet; ${word}`).join('\n'));
  world.wait('30s');
  expect(said()).toContain('sysctl: cannot stat /proc/sys/constructor: No such file or directory');
  expect(said()).not.toMatch(OURS);
});
