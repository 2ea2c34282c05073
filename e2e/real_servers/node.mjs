// Plain Node servers as people write them, rightly and wrongly: one handler, served over http,
// https and h2. Prints its ports as JSON once all of them listen, and ends with its standard
// input, so that it cannot outlive what started it.
// usage: node node.mjs CERTIFICATE KEY PAGE_ORIGIN

import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';

const [certificate, key, page] = process.argv.slice(2);

const json = (response, status, value) => {
  response.setHeader('Content-Type', 'application/json');
  response.statusCode = status;
  response.end(JSON.stringify(value));
};

const items = (response) => json(response, 200, [{ id: 1 }]);

// The page's origin and no other.
const allowPage = (request, response) => {
  if (request.headers.origin === page) response.setHeader('Access-Control-Allow-Origin', page);
  response.setHeader('Vary', 'Origin');
};

// Answers preflights with these methods and headers, and everything else with items.
const listing = (methods, headers, { credentials = false } = {}) => (request, response) => {
  allowPage(request, response);
  if (credentials) response.setHeader('Access-Control-Allow-Credentials', 'true');
  if (request.method !== 'OPTIONS') return items(response);
  if (methods !== undefined) response.setHeader('Access-Control-Allow-Methods', methods);
  if (headers !== undefined) response.setHeader('Access-Control-Allow-Headers', headers);
  response.statusCode = 204;
  response.end();
};

// Answers OPTIONS by `preflight`; everything else is right.
const onPreflight = (preflight) => (request, response) =>
  request.method === 'OPTIONS' ? preflight(request, response) : healthy(request, response);

const healthy = listing('GET, PUT, PATCH', 'X-Demo, Content-Type, Authorization', {
  credentials: true,
});

const cut = (request) => (request.stream ?? request).destroy(new Error('cut off'));

const routes = {
  '/healthy': healthy,
  '/plain': (request, response) => items(response),
  '/never-answers': () => {},
  '/closes': cut,
  '/allows-all': (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    items(response);
  },
  '/allows-all-loudly': (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    items(response);
  },
  '/allows-page': (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', page); // whoever asks
    items(response);
  },
  '/echoes-without-vary': (request, response) => {
    const { origin } = request.headers;
    if (origin !== undefined) response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Cache-Control', 'public, max-age=600');
    items(response);
  },
  '/unset-variable': (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', process.env.NO_SUCH_VARIABLE ?? '');
    items(response);
  },
  '/default-port': (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', 'http://localhost:80');
    items(response);
  },
  // Two layers of one application, each sure that it is the one to do it.
  '/twice': (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', [page, page]);
    items(response);
  },
  '/True': (request, response) => {
    allowPage(request, response);
    response.setHeader('Access-Control-Allow-Credentials', 'True');
    items(response);
  },
  '/throws': (request, response) => {
    throw new Error('division by zero');
  },
  '/refuses': (request, response) => json(response, 403, { error: 'members only' }),
  '/count': (request, response) => {
    allowPage(request, response);
    response.setHeader('X-Total-Count', '42');
    items(response);
  },
  '/count-with-star': (request, response) => {
    allowPage(request, response);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', '*');
    response.setHeader('X-Total-Count', '42');
    items(response);
  },
  '/cookie': (request, response) => {
    allowPage(request, response);
    response.setHeader('Access-Control-Expose-Headers', 'Set-Cookie');
    response.setHeader('Set-Cookie', ['theme=dark', 'font=large']);
    items(response);
  },

  '/options-ignored': onPreflight((request, response) => items(response)),
  '/options-unrouted': onPreflight((request, response) => {
    response.statusCode = 404;
    response.end(`Cannot OPTIONS ${request.url}\n`);
  }),
  '/options-not-allowed': onPreflight((request, response) => {
    response.setHeader('Allow', 'GET, PUT');
    response.statusCode = 405;
    response.end();
  }),
  '/options-needs-token': onPreflight((request, response) => {
    response.setHeader('WWW-Authenticate', 'Bearer');
    json(response, 401, { error: 'missing bearer token' });
  }),
  '/options-without-csrf-token': onPreflight((request, response) => {
    response.statusCode = 403;
    response.end('Forbidden: CSRF token missing or incorrect.\n');
  }),
  '/options-from-a-stranger': onPreflight((request, response) => {
    response.statusCode = 403;
    response.end('Invalid CORS request');
  }),
  '/options-from-a-stranger-quietly': onPreflight((request, response) => {
    response.setHeader('Vary', [
      'Origin',
      'Access-Control-Request-Method',
      'Access-Control-Request-Headers',
    ]);
    response.statusCode = 204;
    response.end();
  }),
  '/options-throws': onPreflight((request, response) =>
    json(response, 200, JSON.parse(request.headers['content-type']).value),
  ),
  '/options-bad-request': onPreflight((request, response) => {
    allowPage(request, response);
    response.setHeader('Access-Control-Allow-Headers', 'X-Demo');
    response.statusCode = 400;
    response.end('Disallowed CORS method');
  }),
  '/options-redirects': onPreflight((request, response) => {
    response.writeHead(308, { Location: '/healthy' }).end();
  }),
  '/options-cut': onPreflight(cut),
  '/options-for-another-page': onPreflight((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', 'https://app.example.com');
    response.setHeader('Access-Control-Allow-Headers', 'X-Demo');
    response.writeHead(204).end();
  }),
  '/options-for-all': onPreflight((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'X-Demo');
    response.writeHead(204).end();
  }),
  '/options-twice': onPreflight((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', [page, '*']);
    response.setHeader('Access-Control-Allow-Headers', 'X-Demo');
    response.writeHead(204).end();
  }),
  '/options-without-credentials': listing('GET', 'X-Demo'),

  '/no-put': listing('GET, POST', 'X-Demo', { credentials: true }),
  '/no-x-demo': listing('GET, PUT', 'Content-Type', { credentials: true }),
  '/star-methods': listing('*', 'X-Demo', { credentials: true }),
  '/star-headers': listing('GET, PUT', '*', { credentials: true }),
  '/semicolon-methods': listing('GET; POST; PUT', 'X-Demo'),
  '/spaced-headers': listing('GET, PUT', 'Content-Type X-Demo'),
  '/lower-case-patch': listing('GET, patch', 'X-Demo'),

  '/login': (request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>Log in</title><form><input type=password></form>');
  },
  '/needs-token': (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.headers.authorization !== undefined) return items(response);
    if (request.method === 'OPTIONS') return response.writeHead(204).end();
    response.setHeader('WWW-Authenticate', 'Bearer');
    json(response, 401, { error: 'missing bearer token' });
  },
};

// The first segment of the path names the route. What throws gets a 500 without CORS headers, as
// from frameworks whose error page stands outside of their CORS layer.
const route = (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const handle = routes[`/${pathname.split('/')[1]}`];
  if (handle === undefined) return json(response, 404, { error: `no ${pathname} here` });
  try {
    handle(request, response);
  } catch (error) {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    json(response, 500, { error: error.message });
  }
};

// Answers once the body has come: curl 7.88 waits for ever when the answer to its h2 request
// overtakes the body.
const answer = (request, response) => {
  request.resume();
  if (request.method !== 'PUT') return route(request, response);
  request.on('end', () => route(request, response));
};

const identity = { cert: readFileSync(certificate), key: readFileSync(key) };
const servers = {
  http: http.createServer(answer),
  https: https.createServer(identity, answer),
  h2: http2.createSecureServer(identity, answer),
};
for (const server of Object.values(servers)) {
  server.on('sessionError', () => {});
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
}
const ports = Object.entries(servers).map(([name, server]) => [name, server.address().port]);
console.log(JSON.stringify(Object.fromEntries(ports)));

process.stdin.resume().on('end', () => process.exit(0));
