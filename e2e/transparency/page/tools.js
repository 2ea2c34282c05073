// What the cases have in common: where to ask, and how to write down what came.

export const cases = [];

/** Adds a case; `on` is which servers it is for. */
export function add(name, run, on = ['http', 'https', 'h2']) {
  cases.push({ name, run, on });
}

/** Only servers to which bytes can be written as they are. */
export const HTTP1 = ['http', 'https'];

export async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A body as far as it is worth writing down. */
export async function bodyOf(bytes) {
  const text = new TextDecoder().decode(bytes);
  return bytes.byteLength <= 120 ? text : { bytes: bytes.byteLength, sha256: await digest(bytes) };
}

/** All that script can know of a response. */
export async function described(response) {
  const { status, statusText, type, redirected, url } = response;
  const known = { status, statusText, type, redirected, url, headers: [...response.headers] };
  try {
    known.body = await bodyOf(await response.arrayBuffer());
  } catch (error) {
    known.bodyError = `${error.name}: ${error.message}`;
  }
  return known;
}

/** What a case on one server works with. */
export function serverTools(name, base) {
  const at = (path, parameters = {}) => {
    const url = new URL(path, base);
    url.searchParams.set('case', name);
    for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
    return url.href;
  };
  const get = async (path, parameters, init) => described(await fetch(at(path, parameters), init));
  const open = (gate) => fetch(at('/open', { case: 'gates', of: name, name: gate }));
  return { name, base, at, get, open };
}

/** The first event of one of these kinds. */
export function next(target, ...kinds) {
  return new Promise((resolve) => {
    for (const kind of kinds) target.addEventListener(kind, resolve, { once: true });
  });
}

/** Bytes that look random and are not. */
export function noise(length) {
  const bytes = new Uint8Array(length);
  let state = 7;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}
