import { fileURLToPath } from 'node:url';

import vue from '@vitejs/plugin-vue';
import ElementPlus from 'unplugin-element-plus/vite';
import { defineConfig } from 'vitest/config';

const api = process.env.GUANBIAO_API ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [vue(), ElementPlus({})],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: 'true',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
  },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': api, '/livez': api, '/readyz': api } },
  build: {
    outDir: 'dist',
    // A data: address would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  test: { environment: 'jsdom', include: ['src/**/*.spec.ts'], restoreMocks: true },
});
