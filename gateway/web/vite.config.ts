import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const gateway = process.env.GATEWAY_URL ?? "http://127.0.0.1:8501";
const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    // The gateway's policy allows no data: scripts or fonts, so nothing is
    // inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        index: page("index.html"),
        docs: page("docs.html"),
        missing: page("404.html"),
      },
    },
  },
  worker: { format: "es" },
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/readyz", "/healthz", "/openapi.json", "/samples", "/labels"].map(
        (path) => [path, gateway],
      ),
    ),
  },
});
