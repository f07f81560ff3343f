import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The journeys live beside the repository's other tests but use this package's
// dependencies.
export default defineConfig({
  root: here("../../tests/browser"),
  cacheDir: here("node_modules/.vite-journeys"),
  server: { fs: { strict: false } },
  resolve: {
    alias: {
      "playwright-core": here("node_modules/playwright-core/index.mjs"),
      "axe-core": here("node_modules/axe-core/axe.js"),
    },
  },
  test: {
    include: ["**/*.journey.ts"],
    environment: "node",
    passWithNoTests: false,
    fileParallelism: false,
    // Server, browser and mock start beside each other.
    sequence: { hooks: "parallel" },
    testTimeout: 60_000,
    // Of expect.poll(), whose one second a busy machine takes for little.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 60_000,
  },
});
