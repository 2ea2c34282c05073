// HAR files, and how they get into the page.

/** Drops a file on the page, as a file manager does. */
export async function drop(page, name, bytes, place = '.screen') {
  const data = await page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], name, { type: 'application/json' }));
      return transfer;
    },
    [name, bytes],
  );
  await page.dispatchEvent(place, 'drop', { dataTransfer: data });
}

/** A HAR of Safari's, every other request of which is blocked. */
export function har(count) {
  const header = (name, value) => ({ name, value });
  const entry = (index) => ({
    startedDateTime: new Date(1_790_000_000_000 + index * 10).toISOString(),
    time: 5,
    request: {
      method: 'GET',
      url: `https://api.example.com/items/${index}`,
      httpVersion: 'HTTP/1.1',
      headers: [header('Origin', 'https://app.example.com'), header('Host', 'api.example.com'), header('Sec-Fetch-Mode', 'cors')],
    },
    response: {
      status: 200,
      statusText: 'OK',
      headers: [header('Content-Type', 'application/json'), ...(index % 2 ? [header('Access-Control-Allow-Origin', 'https://app.example.com'), header('Access-Control-Allow-Credentials', 'true')] : [])],
      content: { size: 2, mimeType: 'application/json', text: '{}' },
    },
  });
  return { log: { version: '1.2', creator: { name: 'WebInspector', version: '537.36' }, entries: Array.from({ length: count }, (_, index) => entry(index)) } };
}
