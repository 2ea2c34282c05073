// Where one is: the URL's fragment. A new screen is one line in SCREENS (and one in Nav).
import { writable } from 'svelte/store';

/** Screens, in the order of the navigation. */
export const SCREENS = [
  { name: 'wizard', title: 'Will it CORS?' },
  { name: 'traffic', title: 'Traffic' },
  { name: 'rewrites', title: 'Rewrites' },
  { name: 'explain', title: 'Explain' },
  { name: 'recipes', title: 'Recipes' },
  { name: 'rules', title: 'Rules' },
  { name: 'settings', title: 'Settings' },
] as const;

export type Screen = (typeof SCREENS)[number]['name'];

export type Route = { screen: Screen; rest: string };

export function parse(hash: string): Route {
  const [name = '', ...rest] = hash.replace(/^#\/?/, '').split('/');
  const screen = SCREENS.find((it) => it.name === name)?.name ?? 'wizard';
  return { screen, rest: rest.join('/') };
}

export const route = writable<Route>(parse(location.hash));

addEventListener('hashchange', () => route.set(parse(location.hash)));

/** Writes where one is, without a step in the history. */
export function replace(hash: string): void {
  history.replaceState(null, '', hash);
  route.set(parse(hash));
}
