import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The page may load nothing from data: URLs.
    assetsInlineLimit: 0,
  },
  test: { include: ['src/**/*.test.ts'] },
});
