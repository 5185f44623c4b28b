import { fileURLToPath } from 'node:url';

import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

import { client } from './scripts/client';
import { phoneWorker, squeezed } from './scripts/phone-build';

const api = process.env.GUANBIAO_API ?? 'http://127.0.0.1:8000';

/**
 * The phone pages, built apart from the desk: a build of both would put everything that either uses of Vue into one
 * file, and the first public screen may weigh 60 KB of JavaScript.
 */
export default defineConfig({
  plugins: [vue(), phoneWorker(), squeezed()],
  resolve: client,
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  server: { host: '127.0.0.1', port: 5174, fs: { allow: ['.', '../clients/typescript'] }, proxy: { '/api': api } },
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    copyPublicDir: false,
    manifest: 'm/manifest.json',
    assetsInlineLimit: 0,
    rolldownOptions: { input: fileURLToPath(new URL('./m.html', import.meta.url)) },
  },
});
