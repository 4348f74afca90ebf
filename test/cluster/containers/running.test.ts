import { describe, expect, test } from 'vitest';
import { ContainerCluster } from '../../support/container-cluster.ts';

describe('a container with a command', () => {
  test('ends when the command does, with its code, and its output is the log', () => {
    const cluster = new ContainerCluster();
    cluster.pod('echo', { image: 'busybox:1.36', command: ['sh', '-c', 'echo hi; sleep 5; echo bye >&2; exit 3'] }, { restartPolicy: 'Never' });
    cluster.wait('4s');
    expect(cluster.logs('echo')).toEqual(['hi']);
    cluster.wait('20s');
    expect(cluster.logs('echo')).toEqual(['hi', 'bye']);
    const ended = cluster.status('echo')?.state?.terminated;
    expect(ended).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(Date.parse(ended?.finishedAt ?? '') - Date.parse(ended?.startedAt ?? '')).toBe(5_000);
    expect(cluster.get('echo').status?.phase).toBe('Failed');
  });

  test('that is not in the image cannot be started, in the words of the runtime', () => {
    const cluster = new ContainerCluster();
    cluster.pod('typo', { image: 'busybox', command: ['slep', '10'] });
    cluster.wait('3s');
    const message = 'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "slep": executable file not found in $PATH: unknown';
    expect(cluster.status('typo')?.lastState?.terminated).toMatchObject({ exitCode: 128, reason: 'StartError', message });
    expect(cluster.events('typo')).toContain(`Failed: Error: ${message}`);
    cluster.wait('1m');
    expect(cluster.status('typo')?.state?.waiting?.reason).toBe('CrashLoopBackOff');
  });

  test('writes why it ended, and what it says at last counts where it wrote nothing', () => {
    const cluster = new ContainerCluster();
    cluster.pod('said', { image: 'debian', command: ['/bin/sh'], args: ['-c', 'sleep 1 && echo Sleep expired > /dev/termination-log'] }, { restartPolicy: 'Never' });
    cluster.pod('fell', { image: 'busybox', command: ['sh', '-c', 'echo broken pipe; exit 9'], terminationMessagePolicy: 'FallbackToLogsOnError' }, { restartPolicy: 'Never' });
    cluster.wait('15s');
    expect(cluster.status('said')?.state?.terminated?.message).toBe('Sleep expired\n');
    expect(cluster.status('fell')?.state?.terminated).toMatchObject({ exitCode: 9, message: 'broken pipe\n' });
  });
});

describe('init containers', () => {
  test('wait for a Service by its name, as the documentation shows', () => {
    const cluster = new ContainerCluster();
    const init = { name: 'init', image: 'busybox:1.28', command: ['sh', '-c', 'until nslookup myservice.default.svc.cluster.local; do echo waiting for myservice; sleep 2; done'] };
    cluster.pod('myapp', { image: 'busybox:1.28', command: ['sh', '-c', 'echo The app is running! && sleep 3600'] }, { initContainers: [init] });
    cluster.wait('20s');
    expect(cluster.get('myapp').status?.phase).toBe('Pending');
    expect(cluster.logs('myapp', 'init').filter((line) => line === 'waiting for myservice').length).toBeGreaterThan(5);
    cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'myservice', namespace: 'default' }, spec: { ports: [{ port: 80 }] } } as never);
    cluster.wait('10s');
    expect(cluster.logs('myapp')).toEqual(['The app is running!']);
  });
});

describe('probes', () => {
  test('an exec probe kills a container whose file is gone, after three failures', () => {
    const cluster = new ContainerCluster();
    cluster.pod('liveness', { image: 'registry.k8s.io/busybox:1.27.2', args: ['/bin/sh', '-c', 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600'], livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 } });
    cluster.wait('30s');
    expect(cluster.events('liveness').some((event) => event.startsWith('Unhealthy'))).toBe(false);
    cluster.wait('20s');
    expect(cluster.events('liveness')).toContain("Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n");
    expect(cluster.events('liveness')).toContain('Killing: Container app failed liveness probe, will be restarted');
    expect(cluster.status('liveness')?.restartCount).toBe(0);
    // Its shell is the first process, which heeds no SIGTERM: it is killed when its grace is over.
    cluster.wait('35s');
    expect(cluster.status('liveness')).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 137 } } });
  });

  test('a server that answers 500 is not well', () => {
    const cluster = new ContainerCluster();
    cluster.pod('http', { image: 'registry.k8s.io/e2e-test-images/agnhost:2.40', args: ['liveness'], livenessProbe: { httpGet: { path: '/healthz', port: 8080 }, initialDelaySeconds: 3, periodSeconds: 3 } });
    cluster.wait('30s');
    expect(cluster.events('http')).toContain('Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500');
    expect(cluster.status('http')?.restartCount).toBe(1);
  });
});

describe('the end of a pod', () => {
  test('comes at once for what heeds its signal, and after the grace for what does not', () => {
    const cluster = new ContainerCluster();
    cluster.pod('polite', { image: 'busybox', command: ['sh', '-c', 'trap "echo bye; exit 0" TERM; while true; do sleep 1; done'] });
    cluster.pod('deaf', { image: 'busybox', command: ['sleep', '3600'] });
    cluster.wait('10s');
    for (const name of ['polite', 'deaf']) cluster.cluster.api.delete({ kind: 'Pod', namespace: 'default', name });
    cluster.wait('5s');
    expect(cluster.cluster.plane.store.get('Pod', 'default', 'polite')).toBeUndefined();
    expect(cluster.get('deaf').status?.phase).toBe('Running');
    cluster.wait('27s');
    expect(cluster.cluster.plane.store.get('Pod', 'default', 'deaf')).toBeUndefined();
  });

  test('waits for the hook before it', () => {
    const cluster = new ContainerCluster();
    cluster.pod('web', { image: 'nginx', lifecycle: { postStart: { exec: { command: ['/bin/sh', '-c', 'echo Hello from the postStart handler > /usr/share/message'] } }, preStop: { exec: { command: ['sleep', '8'] } } } });
    cluster.wait('10s');
    expect(cluster.exec('web', 'cat', '/usr/share/message').out).toBe('Hello from the postStart handler\n');
    cluster.cluster.api.delete({ kind: 'Pod', namespace: 'default', name: 'web' });
    cluster.wait('7s');
    expect(cluster.get('web').metadata.deletionTimestamp).toBeDefined();
    cluster.wait('3s');
    expect(cluster.cluster.plane.store.get('Pod', 'default', 'web')).toBeUndefined();
  });
});

describe('a terminal', () => {
  test('is as large as the client\'s window, whenever somebody looks', () => {
    const cluster = new ContainerCluster();
    cluster.pod('box', { image: 'busybox:1.36', command: ['sleep', 'infinity'] });
    cluster.wait('10s');
    let shown = '';
    const started = cluster.cluster.processes.exec({ namespace: 'default', pod: 'box', container: 'app' }, ['sh'], { stdin: true, tty: true }, {
      stdout: (bytes) => { shown += new TextDecoder().decode(bytes); }, stderr: () => undefined, exited: () => undefined,
    });
    if (!started.ok) throw new Error(started.message);
    const type = (text: string): void => {
      started.process.stdin(new TextEncoder().encode(text));
      cluster.wait('1s');
    };
    started.process.resize(120, 40);
    cluster.wait('1s');
    type('stty size; tty\r');
    started.process.resize(80, 24);
    type('echo now $(stty size)\r');
    expect(shown).toContain('\r\n40 120\r\n/dev/pts/0\r\n');
    expect(shown).toContain('\r\nnow 24 80\r\n');
  });

  test('is missed where there is none', () => {
    expect(new ContainerCluster().script('stty size; tty')).toMatchObject({ out: 'not a tty\n', err: 'stty: standard input: Inappropriate ioctl for device\n', code: 1 });
  });
});
