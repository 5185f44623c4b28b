import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import vue from '@vitejs/plugin-vue';
import ElementPlus from 'unplugin-element-plus/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

import { client } from './scripts/client';

/** The API's handbook is served from here, because no page asks anything of another host. */
function swagger(): Plugin {
  return {
    name: 'swagger',
    apply: 'build',
    closeBundle() {
      const from = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
      const to = fileURLToPath(new URL('./dist/swagger', import.meta.url));
      mkdirSync(to, { recursive: true });
      for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'LICENSE', 'NOTICE']) copyFileSync(join(from, file), join(to, file));
    },
  };
}

const api = process.env.GUANBIAO_API ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [vue(), ElementPlus({}), swagger()],
  resolve: client,
  define: {
    __VUE_OPTIONS_API__: 'true',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
  },
  server: { host: '127.0.0.1', port: 5173, fs: { allow: ['.', '../clients/typescript'] }, proxy: { '/api': api, '/livez': api, '/readyz': api } },
  build: {
    outDir: 'dist',
    // A data: address would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  test: { environment: 'jsdom', include: ['src/**/*.spec.ts'], restoreMocks: true },
});
