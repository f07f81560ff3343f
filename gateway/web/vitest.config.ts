import { defineConfig } from "vitest/config";

export default defineConfig({
  // The headers that name the reasons of errors.
  server: { fs: { allow: ["../.."] } },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    passWithNoTests: false,
    pool: "threads",
    poolOptions: { threads: { maxThreads: 2 } },
  },
});
