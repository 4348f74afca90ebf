import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContainerCluster } from '../../support/container-cluster.ts';

const cluster = new ContainerCluster();
const fuzzed = new ContainerCluster();

describe('a shell in a container', () => {
  test.each([
    ['for i in 1 2 3; do echo $i; done | tail -n 2', '2\n3\n'],
    ['x=5; echo "$((x * 2 + 1))-${x}-${y:-none}"', '11-5-none\n'],
    ['f() { local a=1; return 4; }; f; echo $?', '4\n'],
    ['case abc in x) echo X;; a*) echo A;; esac', 'A\n'],
    ['cat <<E\nhome $HOME\nE', 'home /root\n'],
    ["cat <<'E'\nhome $HOME\nE", 'home $HOME\n'],
    ['set -- a "b c"; for w in "$@"; do echo "[$w]"; done; echo $#', '[a]\n[b c]\n2\n'],
    ['v="a b"; for w in $v; do echo $w; done', 'a\nb\n'],
    ['false || echo no; true && echo yes; ! true; echo $?', 'no\nyes\n1\n'],
    ['if [ -f /etc/passwd ] && [ ! -d /nope ]; then echo ok; fi', 'ok\n'],
    ['p=/a/b/c.txt; echo ${p##*/} ${p%.txt} ${#p}', 'c.txt /a/b/c 10\n'],
    ['(exit 3); echo $?; { echo a; echo b; } > /tmp/o; wc -l < /tmp/o', '3\n2\n'],
    ['echo b > /tmp/s; echo a >> /tmp/s; sort /tmp/s | tr a-z A-Z', 'A\nB\n'],
    ['i=0; while true; do i=$((i+1)); [ $i -gt 3 ] && break; done; echo $i', '4\n'],
    ['printf "%05d|%-4s|%x\\n" 42 ab 255', '00042|ab  |ff\n'],
    ['echo one two three | awk \'{print $2}\'; echo a-b | sed "s/-/+/"; seq 3 | grep -v 2 | wc -l', 'two\na+b\n2\n'],
    ['set -e; echo before; false; echo after', 'before\n'],
    ['x=a.b.c; echo ${x%.*} ${x%%.*} ${x#*.} ${x/./-} ${x//./-}', 'a.b a b.c a-b.c a-b-c\n'],
    ['head -c 4 /dev/zero | wc -c; cat /dev/zero | head -c 70000 | wc -c; seq 1000000000 | tail -n +3 | head -n 1', '4\n70000\n3\n'],
    ['yes | head -n 2', 'y\ny\n'],
    ['mkdir -p /tmp/d/e; touch /tmp/d/e/f; ls /tmp/d/*; rm -r /tmp/d; ls /tmp/d 2>&1', 'f\nls: /tmp/d: No such file or directory\n'],
    ['x=$(false); echo $?; echo "$(echo "a\n\n")."', '1\na.\n'],
  ])('%s', (source, out) => {
    expect(cluster.script(source)).toMatchObject({ out, refusal: null });
  });

  test('says what is wrong in its own words', () => {
    expect(cluster.script('nope')).toMatchObject({ err: 'sh: nope: not found\n', code: 127 });
    expect(cluster.script('if true; then echo')).toMatchObject({ code: 2 });
    expect(cluster.script('cat /nope')).toMatchObject({ err: "cat: can't open '/nope': No such file or directory\n", code: 1 });
    expect(cluster.script('echo $((1 / 0))')).toMatchObject({ err: 'sh: divide by zero\n', code: 2 });
  });

  test('heeds signals between its commands', () => {
    expect(cluster.script('trap "echo got; exit 7" TERM; kill $$; sleep 1')).toMatchObject({ out: 'got\n', code: 7 });
    expect(cluster.script('sleep 100 & kill $!; wait $!; echo $?').out).toBe('143\n');
    expect(cluster.script('timeout 2 sleep 50; echo $?').out).toBe('143\n');
  });

  test('an archive comes out as it went in', () => {
    expect(cluster.script('mkdir -p /tmp/a/b; printf "x\\000y" > /tmp/a/b/f; tar cf - -C /tmp a | tar xf - -C /var; cat /var/a/b/f | wc -c').out).toBe('3\n');
  });

  test('a loop that never rests leaves the others their time', () => {
    const ran = cluster.script('while true; do :; done');
    expect(ran.code).toBeNull();
    expect(cluster.script('echo still here').out).toBe('still here\n');
  });

  test('a folder is neither copied nor moved into itself, and nothing of it is lost', () => {
    const own = new ContainerCluster();
    const tree = 'mkdir -p /tmp/t/d; echo kept > /tmp/t/f; ln -s .. /tmp/t/up';
    expect(own.script(`${tree}; cp -r /tmp/t /tmp/t/d; mv /tmp/t /tmp/t/d; cat /tmp/t/f`)).toMatchObject({ out: 'kept\n', err: 'cp: /tmp/t: Invalid argument\nmv: /tmp/t: Invalid argument\n' });
    expect(own.script('cp -r /tmp/t /tmp/u; cat /tmp/u/f; readlink /tmp/u/up; mv /tmp/u /tmp/v; mv /tmp/v /nope/v; cat /tmp/v/f').out).toBe('kept\n..\nkept\n');
  });

  test('a disk has only so many files, and takes new ones when old ones go', () => {
    const own = new ContainerCluster();
    expect(own.script('mkdir /tmp/m; cd /tmp/m; touch $(seq 9000); cd ..; cp -r m n; cp -r m o; echo $?; rm -r n o; touch again; ls | wc -l')).toMatchObject({ out: '1\n2\n', err: 'cp: m: No space left on device\n' });
  });

  test('neither a fork bomb nor an input without end takes the machine', () => {
    const greedy = new ContainerCluster();
    expect(greedy.script('b() { b|b& }; b; sleep 1; echo ok')).toMatchObject({ out: 'ok\n', err: expect.stringContaining('Cannot fork: Resource temporarily unavailable') as string });
    expect(greedy.script('cat /dev/zero > /dev/null').code).toBeNull();
    expect(greedy.script('f() { f; }; f')).toMatchObject({ err: 'sh: maximum nesting depth exceeded\n', code: 2 });
  });

  test('no script breaks it', () => {
    const word = fc.constantFrom('echo', 'a', '"$x"', '$(', ')', '`', '|', '&', ';', '&&', 'if', 'then', 'fi', 'for', 'in', 'do', 'done', 'while', 'case', 'esac', '{', '}', '(', '<<E', '\n', '>', '2>&1', '$((', '))', '${x', '${x:-', '}', "'", '"', '*', '[', ']', 'exit', 'cat', '/etc/hosts', 'x=1', '!', 'sed', 's/a/b/', 'grep', 'sleep', '1', 'set', '-e', 'trap', 'wait', '\\');
    fc.assert(fc.property(fc.array(word, { maxLength: 14 }), (words) => {
      const ran = fuzzed.script(words.join(' '));
      expect(ran.refusal).toBeNull();
    }), { numRuns: 200 });
  });
});
