// The scenario's request as code for a page.
import type { Scenario } from '../engine/types';

const quoted = (text: string) => JSON.stringify(text);

const BODY: Record<string, string> = {
  blob: 'blob',
  arraybuffer: 'bytes',
  formdata: 'new FormData(form)',
  urlsearchparams: 'new URLSearchParams({ key: "value" })',
  stream: 'readableStream',
};

function bodyOf({ request }: Scenario): string | null {
  if (!request.body) return null;
  const known = BODY[request.body.type];
  if (known) return known;
  return request.body.data ? quoted(request.body.data) : '"…"';
}

function object(entries: [string, string][], indent: string): string {
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, value]) => `${indent}  ${key}: ${value},`);
  return `{\n${lines.join('\n')}\n${indent}}`;
}

const headersOf = (scenario: Scenario): [string, string][] =>
  (scenario.request.headers ?? []).map(([name, value]) => [quoted(name), quoted(value)]);

export function fetchCode(scenario: Scenario): string {
  const { request } = scenario;
  const options: [string, string][] = [];
  if (request.method && request.method !== 'GET') options.push(['method', quoted(request.method)]);
  if (request.mode && request.mode !== 'cors') options.push(['mode', quoted(request.mode)]);
  if (request.credentials && request.credentials !== 'unknown')
    options.push(['credentials', quoted(request.credentials)]);
  if (request.redirect && request.redirect !== 'follow')
    options.push(['redirect', quoted(request.redirect)]);
  if (request.keepalive) options.push(['keepalive', 'true']);
  const headers = headersOf(scenario);
  if (headers.length > 0) options.push(['headers', object(headers, '  ')]);
  const body = bodyOf(scenario);
  if (body) options.push(['body', body]);
  if (request.body?.type === 'stream') options.push(['duplex', '"half"']);
  const call = options.length > 0 ? `, ${object(options, '')}` : '';
  const reads = (scenario.reads ?? []).map(
    (name) => `console.log(response.headers.get(${quoted(name)}));\n`,
  );
  return `const response = await fetch(${quoted(request.url)}${call});\n${reads.join('')}`;
}

export function xhrCode(scenario: Scenario): string {
  const { request } = scenario;
  const lines = [
    'const xhr = new XMLHttpRequest();',
    `xhr.open(${quoted(request.method || 'GET')}, ${quoted(request.url)});`,
  ];
  if (request.credentials === 'include') lines.push('xhr.withCredentials = true;');
  for (const [name, value] of request.headers ?? [])
    lines.push(`xhr.setRequestHeader(${quoted(name)}, ${quoted(value)});`);
  if (request.upload_listener) lines.push('xhr.upload.onprogress = showProgress;');
  lines.push('xhr.onload = () => console.log(xhr.status, xhr.responseText);');
  lines.push('xhr.onerror = () => console.log("blocked, or no answer");');
  lines.push(`xhr.send(${bodyOf(scenario) ?? ''});`);
  return `${lines.join('\n')}\n`;
}

export function axiosCode(scenario: Scenario): string {
  const { request } = scenario;
  const options: [string, string][] = [['url', quoted(request.url)]];
  options.push(['method', quoted((request.method || 'GET').toLowerCase())]);
  if (request.credentials === 'include') options.push(['withCredentials', 'true']);
  const headers = headersOf(scenario);
  if (headers.length > 0) options.push(['headers', object(headers, '  ')]);
  const body = bodyOf(scenario);
  if (body) options.push(['data', body]);
  if (request.upload_listener) options.push(['onUploadProgress', 'showProgress']);
  return `const response = await axios(${object(options, '')});\n`;
}
