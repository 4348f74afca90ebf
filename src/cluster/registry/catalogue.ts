import type { ServerKind } from '../containers/servers.ts';

/** What is in a public image, as far as anybody notices from outside and from a shell inside. */
export interface PublicImage {
  /** What its entry point does: a server, a shell that ends without a terminal, a command of its own, or nothing for ever. */
  readonly runs: ServerKind | 'shell' | 'pause' | 'agnhost' | 'hello' | 'command';
  /** Its entry point and command, as `ps` shows them. */
  readonly command: readonly string[];
  /** Which commands it has: see `containers/toolbox.ts`. */
  readonly tools: 'none' | 'busybox' | 'alpine' | 'debian' | 'everything';
  readonly ports: readonly number[];
  /** Additional commands, such as `psql`. */
  readonly extra: readonly string[];
  /** Its user; 0 is root. */
  readonly uid: number;
  /** The greatest major version, and whether tags may be dates and the like. Tags beyond it do not exist. */
  readonly newest: number;
  /** MiB, compressed. */
  readonly sizeMib: number;
  /** Without which of these variables, all of them missing, the entry point refuses to start. */
  readonly needsOneOf: readonly string[];
}

type Row = Partial<PublicImage> & Pick<PublicImage, 'runs' | 'newest'>;

/** The image of a repository such as `docker.io/library/nginx`; undefined where no registry has it. */
export function publicImage(host: string, repository: string): PublicImage | undefined {
  const bare = repository.replace(/^library\//, '');
  const mirrored = MIRRORS.has(host);
  const row = (mirrored ? rowOf(bare) ?? (host === 'docker.io' ? undefined : rowOf(bare.slice(bare.lastIndexOf('/') + 1))) : undefined) ?? rowOf(`${host}/${bare}`) ?? familyOf(host, bare);
  return row === undefined ? undefined : { command: ['/entrypoint'], tools: 'debian', ports: [], extra: [], uid: 0, sizeMib: 60, needsOneOf: [], ...row };
}

function rowOf(name: string): Row | undefined {
  return Object.hasOwn(IMAGES, name) ? IMAGES[name] : undefined;
}

/** Hosts that mirror what the first of them has. */
const MIRRORS: ReadonlySet<string> = new Set(['docker.io', 'public.ecr.aws', 'mirror.gcr.io']);

/** Whole families of images: everything that Bitnami packs, the images of the end-to-end tests, copies under other hosts. */
function familyOf(host: string, repository: string): Row | undefined {
  const last = repository.slice(repository.lastIndexOf('/') + 1);
  if ((host === 'docker.io' && /^bitnami(?:legacy|secure)?\//.test(repository)) || (host === 'public.ecr.aws' && repository.startsWith('bitnami/'))) {
    const like = rowOf(Object.hasOwn(BITNAMI, last) ? (BITNAMI[last] as string) : last);
    return like === undefined ? undefined : { ...like, uid: 1001, newest: Math.max(40, like.newest), needsOneOf: [] };
  }
  if (host === 'registry.k8s.io' || host === 'k8s.gcr.io') {
    if (repository.startsWith('e2e-test-images/')) return rowOf(`e2e/${last}`);
    return rowOf(`k8s/${repository}`);
  }
  if (host === 'gcr.io' && repository.startsWith('google-samples/')) return rowOf(`samples/${last}`);
  if (host === 'us-docker.pkg.dev' || host === 'gcr.io' || host === 'quay.io' || host === 'ghcr.io') return rowOf(`${host}/${repository}`) ?? (COPIED.has(repository) ? rowOf(last) : undefined);
  return undefined;
}

const BITNAMI: Readonly<Record<string, string>> = { postgresql: 'postgres', mongodb: 'mongo', apache: 'httpd', kubectl: 'bitnami/kubectl', 'nginx-ingress-controller': 'nginx', zookeeper: 'zookeeper' };
const COPIED: ReadonlySet<string> = new Set(['google-containers/busybox', 'google_containers/pause', 'google-containers/nginx', 'prometheus/prometheus', 'prometheus/busybox', 'jaegertracing/all-in-one', 'nginx/nginx', 'bitnami/nginx', 'libpod/alpine', 'grafana/grafana', 'google_containers/echoserver']);

const busybox = { runs: 'shell', command: ['sh'], tools: 'busybox', newest: 1, sizeMib: 2 } as const;
const nginx = { runs: 'nginx', command: ['nginx: master process nginx -g daemon off;'], ports: [80], extra: ['nginx', 'curl'], newest: 1, sizeMib: 70 } as const;
const httpd = { runs: 'httpd', command: ['httpd-foreground'], ports: [80], newest: 2, sizeMib: 58 } as const;
const agnhost = { runs: 'agnhost', command: ['/agnhost', 'pause'], tools: 'everything', newest: 2, sizeMib: 50, extra: ['agnhost', 'agnhost-2'] } as const;
const pause = { runs: 'pause', command: ['/pause'], tools: 'none', newest: 3, sizeMib: 1, uid: 65535 } as const;
const shell = (newest: number, command = 'bash'): Row => ({ runs: 'shell', command: [command], newest, sizeMib: 30 });
const http = (port: number, newest: number, sizeMib: number, name: string): Row => ({ runs: 'http', command: [name], ports: [port], newest, sizeMib });
const tcp = (port: number, newest: number, sizeMib: number, name: string): Row => ({ runs: 'tcp', command: [name], ports: [port], newest, sizeMib });

const IMAGES: Readonly<Record<string, Row>> = {
  nginx, httpd, busybox, pause,
  'nginxinc/nginx-unprivileged': { ...nginx, ports: [8080], uid: 101 },
  alpine: { runs: 'shell', command: ['/bin/sh'], tools: 'alpine', newest: 3, sizeMib: 4 },
  debian: shell(13), ubuntu: shell(25), fedora: shell(43), centos: shell(8), rockylinux: shell(10), almalinux: shell(10), amazonlinux: shell(2023), buildpack: shell(1),
  perl: { ...shell(5, 'perl'), extra: ['perl'], sizeMib: 340 },
  python: { ...shell(3, 'python3'), extra: ['python3', 'python'], sizeMib: 370 },
  node: { ...shell(26, 'node'), extra: ['node', 'npm'], sizeMib: 390 },
  golang: { ...shell(1), extra: ['go'], sizeMib: 300 }, ruby: { ...shell(4, 'irb'), extra: ['ruby'], sizeMib: 380 }, rust: shell(1), php: { ...shell(8, 'php'), extra: ['php'] },
  openjdk: { ...shell(26, 'jshell'), extra: ['java'], sizeMib: 240 }, 'eclipse-temurin': { ...shell(26, 'jshell'), extra: ['java'], sizeMib: 240 }, maven: shell(4), gradle: shell(9),
  redis: { runs: 'redis', command: ['redis-server *:6379'], ports: [6379], extra: ['redis-cli', 'redis-server'], newest: 8, sizeMib: 45 },
  valkey: { runs: 'redis', command: ['valkey-server *:6379'], ports: [6379], extra: ['redis-cli', 'valkey-cli'], newest: 9, sizeMib: 45 },
  'valkey/valkey': { runs: 'redis', command: ['valkey-server *:6379'], ports: [6379], extra: ['redis-cli', 'valkey-cli'], newest: 9, sizeMib: 45 },
  postgres: { runs: 'postgres', command: ['postgres'], ports: [5432], extra: ['psql', 'pg_isready', 'pg_dump'], newest: 18, sizeMib: 150, needsOneOf: ['POSTGRES_PASSWORD', 'POSTGRES_HOST_AUTH_METHOD', 'POSTGRES_PASSWORD_FILE'] },
  mysql: { runs: 'mysql', command: ['mysqld'], ports: [3306], extra: ['mysql', 'mysqladmin', 'mysqldump'], newest: 9, sizeMib: 230, needsOneOf: ['MYSQL_ROOT_PASSWORD', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MYSQL_RANDOM_ROOT_PASSWORD', 'MYSQL_ROOT_PASSWORD_FILE'] },
  mariadb: { runs: 'mysql', command: ['mariadbd'], ports: [3306], extra: ['mysql', 'mariadb', 'mysqladmin'], newest: 12, sizeMib: 120, needsOneOf: ['MARIADB_ROOT_PASSWORD', 'MYSQL_ROOT_PASSWORD', 'MARIADB_ALLOW_EMPTY_ROOT_PASSWORD', 'MYSQL_ALLOW_EMPTY_PASSWORD', 'MARIADB_RANDOM_ROOT_PASSWORD'] },
  mongo: tcp(27_017, 8, 260, 'mongod --bind_ip_all'), memcached: tcp(11_211, 1, 30, 'memcached'), zookeeper: tcp(2_181, 3, 120, 'java org.apache.zookeeper.server.quorum.QuorumPeerMain'),
  rabbitmq: tcp(5_672, 4, 100, 'rabbitmq-server'), nats: tcp(4_222, 2, 8, 'nats-server'), cassandra: tcp(9_042, 5, 150, 'cassandra -f'),
  kafka: tcp(9_092, 4, 200, 'kafka'), 'apache/kafka': tcp(9_092, 4, 200, 'kafka'), 'confluentinc/cp-kafka': tcp(9_092, 8, 500, 'kafka'), 'confluentinc/cp-zookeeper': tcp(2_181, 8, 500, 'zookeeper'), 'redpandadata/redpanda': tcp(9_092, 26, 180, 'redpanda'),
  elasticsearch: http(9_200, 9, 600, 'elasticsearch'), vault: tcp(8_200, 1, 150, 'vault'), 'hashicorp/vault': tcp(8_200, 1, 150, 'vault'), consul: http(8_500, 1, 60, 'consul agent -dev'), 'hashicorp/consul': http(8_500, 1, 60, 'consul agent -dev'),
  haproxy: http(80, 3, 40, 'haproxy -W -db -f /usr/local/etc/haproxy/haproxy.cfg'), traefik: http(80, 3, 50, 'traefik'), caddy: http(80, 2, 18, 'caddy run'), 'envoyproxy/envoy': http(10_000, 1, 60, 'envoy'), varnish: http(80, 8, 90, 'varnishd'), tomcat: http(8_080, 11, 200, 'catalina.sh run'), jetty: http(8_080, 12, 200, 'java'), wordpress: http(80, 6, 240, 'apache2-foreground'), ghost: http(2_368, 6, 180, 'node current/index.js'), drupal: http(80, 11, 180, 'apache2-foreground'), registry: http(5_000, 3, 9, 'registry serve'),
  'istio/pilot': http(8_080, 1, 70, '/usr/local/bin/pilot-discovery discovery'), 'istio/ztunnel': tcp(15_008, 1, 25, '/usr/local/bin/ztunnel proxy ztunnel'), 'istio/proxyv2': http(15_021, 1, 100, '/usr/local/bin/pilot-agent proxy sidecar'),
  'curlimages/curl': { runs: 'command', command: ['curl'], tools: 'alpine', extra: ['curl'], newest: 8, uid: 100, sizeMib: 8 },
  'nicolaka/netshoot': { runs: 'shell', command: ['zsh'], tools: 'everything', newest: 1, sizeMib: 200 },
  'hello-world': { runs: 'hello', command: ['/hello'], tools: 'none', newest: 0, sizeMib: 1 },
  'hashicorp/http-echo': { runs: 'http-echo', command: ['/http-echo'], tools: 'none', ports: [5_678], newest: 1, sizeMib: 4, uid: 65532 },
  'mendhak/http-https-echo': http(8_080, 40, 60, 'node ./index.js'), 'ealen/echo-server': http(80, 0, 40, 'node webserver.js'), 'traefik/whoami': { runs: 'whoami', command: ['/whoami'], tools: 'none', ports: [80], newest: 1, sizeMib: 3 }, 'containous/whoami': { runs: 'whoami', command: ['/whoami'], tools: 'none', ports: [80], newest: 1, sizeMib: 3 }, 'stefanprodan/podinfo': http(9_898, 6, 20, './podinfo'), 'kennethreitz/httpbin': http(80, 0, 180, 'gunicorn httpbin:app'), 'mccutchen/go-httpbin': http(8_080, 2, 15, 'go-httpbin'),
  'ghcr.io/stefanprodan/podinfo': http(9_898, 6, 20, './podinfo'), 'grafana/grafana': http(3_000, 12, 160, 'grafana server'), 'grafana/loki': http(3_100, 3, 25, 'loki'), 'grafana/tempo': http(3_200, 2, 25, 'tempo'), 'prom/prometheus': http(9_090, 3, 110, 'prometheus'), 'prom/alertmanager': http(9_093, 0, 30, 'alertmanager'), 'prom/node-exporter': http(9_100, 1, 10, 'node_exporter'), 'prom/pushgateway': http(9_091, 1, 10, 'pushgateway'), 'quay.io/prometheus/prometheus': http(9_090, 3, 110, 'prometheus'), 'jaegertracing/all-in-one': http(16_686, 2, 30, 'all-in-one'), 'jaegertracing/jaeger': http(16_686, 2, 60, 'jaeger'), 'fluent/fluentd': tcp(24_224, 1, 20, 'fluentd'), 'fluent/fluent-bit': http(2_020, 4, 40, 'fluent-bit'), 'otel/opentelemetry-collector': http(13_133, 0, 60, 'otelcol'), 'minio/minio': http(9_000, 0, 60, 'minio server /data'), 'localstack/localstack': http(4_566, 4, 400, 'localstack'), 'dpage/pgadmin4': http(80, 9, 150, 'gunicorn'), adminer: http(8_080, 5, 40, 'php'),
  docker: { ...shell(29, 'sh'), tools: 'alpine' }, 'bitnami/kubectl': { runs: 'command', command: ['kubectl'], extra: ['kubectl'], newest: 1, uid: 1001 }, 'alpine/curl': { runs: 'command', command: ['curl'], tools: 'alpine', extra: ['curl'], newest: 8 }, 'alpine/git': { runs: 'command', command: ['git'], tools: 'alpine', newest: 2 }, 'polinux/stress': { runs: 'command', command: ['stress'], tools: 'alpine', extra: ['stress'], newest: 1 }, 'vish/stress': { runs: 'command', command: ['stress'], tools: 'none', extra: ['stress'], newest: 0 },
  'k8s/pause': pause, 'k8s/echoserver': http(8_080, 1, 45, 'nginx: master process nginx'), 'k8s/nginx-slim': nginx, 'k8s/busybox': busybox, 'k8s/hpa-example': http(80, 1, 180, 'apache2-foreground'), 'k8s/goproxy': tcp(8_080, 1, 2, 'goproxy'), 'k8s/etcd': tcp(2_379, 3, 55, 'etcd'), 'k8s/coredns/coredns': { runs: 'http', command: ['/coredns', '-conf', '/etc/coredns/Corefile'], tools: 'none', ports: [53, 8_080, 8_181, 9_153], newest: 1, sizeMib: 18 }, 'k8s/kube-state-metrics/kube-state-metrics': http(8_080, 2, 15, 'kube-state-metrics'), 'k8s/metrics-server/metrics-server': http(10_250, 0, 20, 'metrics-server'), 'k8s/ingress-nginx/controller': http(80, 1, 110, 'nginx-ingress-controller'), 'k8s/fluentd-gcp': tcp(24_224, 1, 60, 'fluentd'), 'k8s/cassandra': tcp(9_042, 1, 120, 'cassandra'), 'k8s/kubernetes-zookeeper': tcp(2_181, 1, 120, 'zookeeper'), 'k8s/prometheus-adapter/prometheus-adapter': http(6_443, 0, 20, 'adapter'),
  'e2e/agnhost': agnhost, 'e2e/busybox': busybox, 'e2e/nginx': nginx, 'e2e/httpd': httpd, 'e2e/pause': pause, 'e2e/redis': { runs: 'redis', command: ['redis-server'], ports: [6_379], tools: 'alpine', extra: ['redis-cli'], newest: 7 }, 'e2e/nautilus': nginx, 'e2e/kitten': nginx, 'e2e/echoserver': http(8_080, 2, 45, 'nginx'), 'e2e/perl': { ...shell(5, 'perl'), extra: ['perl'] }, 'e2e/nonewprivs': { runs: 'command', command: ['/nonewprivs'], newest: 1, uid: 1000 }, 'e2e/nonroot': { runs: 'command', command: ['true'], newest: 1, uid: 1234 }, 'e2e/resource-consumer': http(8_080, 1, 30, './consumer'), 'e2e/sample-apiserver': tcp(443, 1, 30, '/kube-sample-apiserver'), 'e2e/jessie-dnsutils': { ...shell(1), runs: 'pause', command: ['sleep', 'infinity'], tools: 'everything' }, 'e2e/ipc-utils': { ...busybox, tools: 'alpine' }, 'e2e/regression-issue-74839': { runs: 'pause', newest: 1 }, 'e2e/apparmor-loader': { runs: 'pause', newest: 1 }, 'e2e/cuda-vector-add': { runs: 'hello', newest: 2 }, 'e2e/volume/nfs': tcp(2_049, 1, 60, 'nfsd'),
  'samples/hello-app': http(8_080, 2, 12, './server'), 'samples/node-hello': http(8_080, 1, 240, 'node server.js'), 'samples/gb-frontend': http(80, 6, 150, 'apache2'), 'samples/gb-redis-follower': { runs: 'redis', ports: [6_379], newest: 3 }, 'samples/xtrabackup': tcp(3_307, 1, 120, 'xtrabackup'), 'samples/hello-frontend': nginx, 'samples/hello-go-gke': http(80, 1, 120, './hello'), 'samples/kubernetes-bootcamp': http(8_080, 1, 80, 'node server.js'), 'samples/whereami': http(8_080, 1, 80, 'python3 app.py'), 'us-docker.pkg.dev/google-samples/containers/gke/hello-app': http(8_080, 2, 12, './server'), 'us-docker.pkg.dev/google-samples/containers/gke/gb-frontend': http(80, 6, 150, 'apache2'),
};
