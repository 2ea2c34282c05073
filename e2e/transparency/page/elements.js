// What elements and the browser itself ask for.
import { add, next } from '/tools.js';

/** What comes of an element that loads something. */
async function loaded(tag, attributes, parent = document.head) {
  const element = Object.assign(document.createElement(tag), attributes);
  const end = next(element, 'load', 'error');
  parent.append(element);
  return { element, event: (await end).type };
}

for (const crossOrigin of [null, 'anonymous', 'use-credentials']) {
  const how = crossOrigin ?? 'no CORS';
  add(`image, ${how}`, async ({ at }) => {
    const { element, event } = await loaded('img', { crossOrigin, src: at('/image', { how }) }, document.body);
    return { event, width: element.naturalWidth, height: element.naturalHeight };
  });
  add(`script, ${how}`, async ({ at }) => {
    globalThis.scripted = undefined;
    const { event } = await loaded('script', { crossOrigin, src: at('/script', { how }) });
    return { event, scripted: globalThis.scripted };
  });
  add(`style sheet, ${how}`, async ({ at }) => {
    const { element, event } = await loaded('link', { rel: 'stylesheet', crossOrigin, href: at('/style', { how }) });
    const styled = Object.assign(document.createElement('p'), { className: 'styled' });
    document.body.append(styled);
    const { color } = getComputedStyle(styled);
    styled.remove();
    element.remove();
    return { event, color };
  });
}
add('image that CORS refuses', async ({ at }) => {
  const { event } = await loaded('img', { crossOrigin: 'anonymous', src: at('/image', { closed: '' }) }, document.body);
  return event;
});
add('a module that is imported', async ({ at }) => {
  globalThis.scripted = undefined;
  await import(at('/script', { how: 'module' }));
  return globalThis.scripted;
});

add('a frame', async ({ at }) => {
  const message = next(globalThis, 'message');
  const { element } = await loaded('iframe', { src: at('/frame') }, document.body);
  const { data } = await message;
  element.remove();
  return data;
});
add('a form that is sent into a frame', async ({ at }) => {
  const frame = Object.assign(document.createElement('iframe'), { name: 'target' });
  const form = Object.assign(document.createElement('form'), { method: 'post', action: at('/frame'), target: 'target' });
  form.append(Object.assign(document.createElement('input'), { name: 'field', value: 'a b ä' }));
  document.body.append(frame, form);
  const message = next(globalThis, 'message');
  form.submit();
  const { data } = await message;
  frame.remove();
  form.remove();
  return data;
});

add('a beacon', async ({ at, name }) => {
  const sent = navigator.sendBeacon(at('/beacon'), 'beacon');
  // Script is not told of a beacon's end.
  return { sent, came: await (await fetch(at('/was', { case: 'gates', of: `${name} beacon` }))).text() };
});
