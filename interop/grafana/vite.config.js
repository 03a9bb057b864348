// One plain script, so that a browser can open the page from a file.
import { defineConfig } from 'vite';

export default defineConfig({
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  build: {
    outDir: 'build',
    chunkSizeWarningLimit: 100_000,
    minify: false,
    lib: { entry: 'src/main.jsx', name: 'sodien', formats: ['iife'], fileName: () => 'page.js' },
    rollupOptions: { output: { inlineDynamicImports: true }, onwarn: () => {} },
  },
});
