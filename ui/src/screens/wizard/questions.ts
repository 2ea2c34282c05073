// The questions, in the order in which they are asked. The order is advice: any can be answered
// at any time.
import type { AnswerDocument, ProfileVerdict, Scenario } from '../../engine/types';

export type Question = 'page' | 'target' | 'method' | 'credentials' | 'headers' | 'body' | 'extras';

type Asked = { id: Question; title: string; why: string; summary: (scenario: Scenario) => string };

const list = (names: readonly string[]) => (names.length > 0 ? names.join(', ') : 'none');

const CREDENTIALS: Record<string, string> = {
  include: 'include: cookies go along',
  omit: 'omit: no cookies at all',
  'same-origin': 'same-origin: no cookies to other origins',
  unknown: 'not known: both are shown',
};

export const BODIES = [
  ['', 'No body'],
  ['string', 'Text or JSON'],
  ['urlsearchparams', 'URLSearchParams (a form)'],
  ['formdata', 'FormData (a form with files)'],
  ['blob', 'Blob or File'],
  ['arraybuffer', 'ArrayBuffer'],
  ['stream', 'ReadableStream (streaming)'],
] as const;

export const APIS = [
  ['fetch', 'fetch()'],
  ['xhr', 'XMLHttpRequest'],
  ['eventsource', 'EventSource'],
  ['beacon', 'sendBeacon()'],
  ['img', '<img>'],
  ['canvas', '<img> read on a canvas'],
  ['script', '<script>'],
  ['module', '<script type="module">'],
  ['style', '<link rel="stylesheet">'],
  ['font', 'web font'],
  ['media', '<audio>, <video>'],
  ['worker', 'Worker'],
  ['websocket', 'WebSocket'],
  ['iframe', '<iframe>'],
] as const;

export const QUESTIONS: readonly Asked[] = [
  {
    id: 'page',
    title: 'Which page makes the request?',
    why: 'The page’s scheme, host and port are its origin. A request to any other origin is cross-origin, and the browser then asks the server before it lets your script read the answer.',
    summary: ({ page }) => (page.sandboxed_iframe ? 'a sandboxed frame in ' : '') + (page.url || page.origin || ''),
  },
  {
    id: 'target',
    title: 'Which URL does it ask for?',
    why: 'If its scheme, host or port differs from the page’s, CORS applies. The path does not matter. Asking http: from an https: page is refused whatever the server says.',
    summary: ({ request }) => request.url,
  },
  {
    id: 'method',
    title: 'How, and with which method?',
    why: 'GET, HEAD and POST are what links and forms could always send. Any other method makes the browser ask for permission first, by a preflight.',
    summary: ({ request }) =>
      `${APIS.find(([api]) => api === (request.api ?? 'fetch'))?.[1]}, ${request.method || 'GET'}`,
  },
  {
    id: 'credentials',
    title: 'Do cookies or logins go along?',
    why: 'With credentials the request is made in the user’s name. The server must then name your origin exactly, and say that credentials are fine: * is not enough.',
    summary: ({ request }) => CREDENTIALS[request.credentials ?? ''] ?? 'the default: none to other origins',
  },
  {
    id: 'headers',
    title: 'Which headers does your script set?',
    why: 'A form cannot set headers. Beyond a few harmless ones, each header makes the browser send a preflight, and the server must list it.',
    summary: ({ request }) => list((request.headers ?? []).map(([name]) => name)),
  },
  {
    id: 'body',
    title: 'What is in the body?',
    why: 'Three content types are those of forms: text/plain, application/x-www-form-urlencoded and multipart/form-data. Any other, JSON for one, needs a preflight; so does a stream.',
    summary: ({ request }) => BODIES.find(([kind]) => kind === (request.body?.type ?? ''))?.[1] ?? '',
  },
  {
    id: 'extras',
    title: 'Anything unusual?',
    why: 'Modes, upload progress, and response headers that your script wants to read change what the browser asks for, and what your script is given.',
    summary: ({ request, reads, page }) => {
      const found: string[] = [];
      if (request.mode) found.push(`mode ${request.mode}`);
      if (request.redirect && request.redirect !== 'follow') found.push(`redirect ${request.redirect}`);
      if (request.upload_listener) found.push('upload progress');
      if (request.keepalive) found.push('keepalive');
      if (reads && reads.length > 0) found.push(`reads ${reads.join(', ')}`);
      if (page.csp) found.push('a Content-Security-Policy');
      return list(found);
    },
  },
];

/** The usual course, drawn where there is nothing to judge yet. */
export const USUAL: Pick<ProfileVerdict, 'outcome' | 'legs'> = {
  outcome: 'readable',
  legs: [
    { ...leg('OPTIONS'), name: 'preflight', preflight: true, response: { status: 204, headers: [] } },
    { ...leg('PUT'), name: 'actual', preflight: false, response: { status: 200, headers: [] } },
  ],
};

function leg(method: string) {
  return { hop: 0, state: 'sent' as const, stops: false, method, url: 'https://another-server/', target: '/items', host: 'another-server', headers: [], credentials: false };
}

export function answerSummary(answer: AnswerDocument | undefined): string {
  if (!answer) return 'not known';
  if (answer.close) return 'closes the connection';
  const count = answer.headers?.length ?? 0;
  return `${answer.status ?? 200}, ${count === 0 ? 'no headers' : count === 1 ? '1 header' : `${count} headers`}`;
}

export const EXAMPLES: readonly { title: string; scenario: Scenario }[] = [
  {
    title: 'A JSON API that was never asked by a browser',
    scenario: {
      page: { url: 'http://localhost:3000/' },
      request: {
        method: 'POST',
        url: 'https://api.example.com/items',
        headers: [['Content-Type', 'application/json']],
        body: { type: 'string', data: '{"name":"tea"}' },
      },
      preflight: { status: 404, headers: [['Content-Type', ' text/html']] },
    },
  },
  {
    title: 'Cookies, and a server that allows *',
    scenario: {
      page: { url: 'https://app.example.com/' },
      request: { method: 'GET', url: 'https://api.example.com/me', credentials: 'include' },
      responses: [{ status: 200, headers: [['Access-Control-Allow-Origin', ' *']] }],
    },
  },
  {
    title: 'A token in Authorization, allowed by *',
    scenario: {
      page: { url: 'https://app.example.com/' },
      request: { url: 'https://api.example.com/me', headers: [['Authorization', 'Bearer x']] },
      preflight: {
        status: 204,
        headers: [
          ['Access-Control-Allow-Origin', ' *'],
          ['Access-Control-Allow-Headers', ' *'],
        ],
      },
    },
  },
  {
    title: 'A redirect to a login page',
    scenario: {
      page: { url: 'https://app.example.com/' },
      request: { url: 'https://api.example.com/report' },
      responses: [{ status: 302, headers: [['Location', ' https://login.example.com/?next=report']] }],
    },
  },
];
