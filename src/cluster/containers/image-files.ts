import type { PublicImage } from '../registry/catalogue.ts';

/** The page that nginx comes with. */
const NGINX_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;
const HTTPD_PAGE = '<html><body><h1>It works!</h1></body></html>\n';

/** The files that an image brings, as far as people look at them. */
export function imageFiles({ runs }: PublicImage): Readonly<Record<string, string>> {
  if (runs === 'nginx') {
    return {
      '/usr/share/nginx/html/index.html': NGINX_PAGE,
      '/etc/nginx/nginx.conf': 'user  nginx;\nworker_processes  auto;\n\nerror_log  /var/log/nginx/error.log notice;\npid        /run/nginx.pid;\n\nevents {\n    worker_connections  1024;\n}\n\nhttp {\n    include       /etc/nginx/mime.types;\n    default_type  application/octet-stream;\n    access_log  /var/log/nginx/access.log  main;\n    sendfile        on;\n    keepalive_timeout  65;\n    include /etc/nginx/conf.d/*.conf;\n}\n',
      '/etc/nginx/conf.d/default.conf': 'server {\n    listen       80;\n    server_name  localhost;\n\n    location / {\n        root   /usr/share/nginx/html;\n        index  index.html index.htm;\n    }\n}\n',
      '/var/log/nginx/.keep': '', '/var/cache/nginx/.keep': '',
    };
  }
  if (runs === 'httpd') return { '/usr/local/apache2/htdocs/index.html': HTTPD_PAGE, '/usr/local/apache2/conf/httpd.conf': 'ServerRoot "/usr/local/apache2"\nListen 80\nDocumentRoot "/usr/local/apache2/htdocs"\n' };
  if (runs === 'redis') return { '/data/.keep': '' };
  if (runs === 'postgres') return { '/var/lib/postgresql/data/PG_VERSION': '16\n' };
  return {};
}
