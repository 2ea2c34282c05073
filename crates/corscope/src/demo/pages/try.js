'use strict';

// Long enough for a redirect chain, short enough for the endpoints that never end.
const PATIENCE_MS = 5000;

async function attempt({ url, fetch: asked }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  const { reads, headers, ...init } = asked;
  try {
    const response = await fetch(url, { ...init, headers: Object.fromEntries(headers), signal: stop.signal });
    if (response.type === 'opaque') return { outcome: 'opaque', says: 'opaque response' };
    const seen = reads ? `, ${reads}: ${response.headers.get(reads)}` : '';
    return { outcome: 'readable', says: `${response.type} response, status ${response.status}${seen}` };
  } catch (error) {
    if (stop.signal.aborted) return { outcome: 'error', says: `no answer in ${PATIENCE_MS / 1000} seconds` };
    // The script is not told whether the request was refused before or after it was sent.
    return { outcome: 'error', says: String(error) };
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

function row(endpoint, page) {
  const article = document.createElement('article');
  const title = document.createElement('h3');
  title.textContent = endpoint.title;
  const path = document.createElement('p');
  path.className = 'quiet';
  path.textContent = `${endpoint.path} · ${endpoint.rule ?? 'nothing is wrong'} `;
  const button = document.createElement('button');
  button.textContent = 'Try';
  const result = document.createElement('p');
  const expected = endpoint.outcome === 'throw' ? 'error' : endpoint.outcome;

  // Some faults belong to another page than this one, and no page can be somebody else.
  const elsewhere = endpoint.from !== page && `needs a page on ${endpoint.from}`;
  article.attempt = async () => {
    if (elsewhere) return undefined;
    result.textContent = '…';
    const { outcome, says } = await attempt(endpoint);
    const asSaid = outcome === expected;
    result.textContent = asSaid ? says : `${says} (the catalogue says ${expected})`;
    result.className = outcome === 'error' ? 'bad' : 'good';
    article.dataset.outcome = outcome;
    return asSaid;
  };
  if (elsewhere) {
    result.textContent = elsewhere;
    button.disabled = true;
  }
  button.addEventListener('click', article.attempt);
  path.append(button);
  article.append(title, path, result);
  return article;
}

async function start() {
  const { endpoints, page_origin: page } = await (await fetch('/catalogue.json')).json();
  const rows = endpoints.map((endpoint) => row(endpoint, page));
  document.getElementById('endpoints').append(...rows);
  const sum = document.getElementById('sum');
  const tryAll = async () => {
    const results = [];
    for (const each of rows) results.push(await each.attempt());
    const tried = results.filter((result) => result !== undefined);
    sum.textContent = `${tried.filter(Boolean).length} of ${tried.length} as the catalogue says`;
  };
  document.getElementById('all').addEventListener('click', tryAll);
  // One of them by a link: `#/acao-missing`.
  endpoints.forEach((endpoint, index) => location.hash === `#${endpoint.path}` && rows[index].attempt());
  // For a browser without hands: `#all`, or `#all:2` for two rounds.
  const asked = /^#all(?::([1-9]))?$/.exec(location.hash);
  for (let rounds = asked ? Number(asked[1] ?? 1) : 0; rounds > 0; rounds -= 1) await tryAll();
}

start();
