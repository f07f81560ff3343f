// What the journeys run against: a real gateway with a real server, or the mock.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { MockGateway } from "./mock_gateway";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const REPOSITORY = here("../../");
export const WEB = join(REPOSITORY, "gateway/web");
export const PHOTOS =
  process.env.WANWU_PHOTOS_DIR ?? join(REPOSITORY, "build/deps/photos");
const MODELS = process.env.WANWU_MODELS_DIR ?? join(REPOSITORY, "models");

export interface Stack {
  readonly url: string;
  readonly isMock: boolean;
  // Whether the server can be stopped and started.
  readonly ownsServer: boolean;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  close(): Promise<void>;
}

export function startMock(): Promise<MockGateway> {
  const dist = process.env.WANWU_WEB_DIST ?? join(WEB, "dist");
  if (!existsSync(join(dist, "index.html"))) {
    throw new Error(`${dist} is missing: npm run build makes gateway/web/dist`);
  }
  const mock = new MockGateway(
    dist,
    join(REPOSITORY, "gateway/api"),
    PHOTOS,
    join(WEB, "samples.json"),
  );
  return mock.start().then(() => mock);
}

// One loads in half of the time.
export type Models = "one" | "all";

// GATEWAY_URL: one that runs already. WANWU_BIN_DIR: starts its own from the
// programs there, the gateway with the flags. Neither: the mock.
export async function startStack(
  models: Models = "one",
  gatewayFlags: string[] = [],
): Promise<Stack> {
  const url = process.env.GATEWAY_URL;
  if (url) return foreignStack(url);
  const programs = process.env.WANWU_BIN_DIR;
  if (programs) return startPrograms(programs, models, gatewayFlags);
  return mockStack(await startMock());
}

function foreignStack(url: string): Stack {
  const refuse = () =>
    Promise.reject(new Error("this server belongs to somebody else"));
  return {
    url: url.replace(/\/$/, ""),
    isMock: false,
    ownsServer: false,
    stopServer: refuse,
    startServer: refuse,
    close: () => Promise.resolve(),
  };
}

function mockStack(mock: MockGateway): Stack {
  return {
    url: mock.url,
    isMock: true,
    ownsServer: true,
    stopServer: async () => mock.stopServer(),
    startServer: async () => mock.startServer(),
    close: () => mock.stop(),
  };
}

// What tests/integration/batch_times.py has had measured, if it ran before.
async function takeOverMeasured(programs: string, state: string): Promise<void> {
  const kept = join(programs, "../measured-state/resnet18/batch_times.json");
  if (existsSync(kept)) await copyFile(kept, join(state, "batch_times.json"));
}

async function startPrograms(
  programs: string,
  models: Models,
  gatewayFlags: string[],
): Promise<Stack> {
  const state = await mkdtemp(join(tmpdir(), "wanwu-journeys-"));
  const repository = models === "all" ? MODELS : await repositoryOfOne(state);
  await takeOverMeasured(programs, state);
  const startServer = (port: number) =>
    startProgram(
      join(programs, "wanwu-server"),
      [
        `--listen_address=127.0.0.1:${port}`,
        "--metrics_address=",
        `--model_repository=${repository}`,
        `--state_dir=${state}`,
        "--log_format=json",
      ],
      "server_listening",
    );
  let server = await startServer(0);
  const gateway = await startProgram(
    join(programs, "wanwu-gateway"),
    [
      "--listen_address=127.0.0.1:0",
      `--server_address=127.0.0.1:${server.port}`,
      "--log_format=json",
      ...gatewayFlags,
    ],
    "gateway_listening",
  );
  const url = `http://127.0.0.1:${gateway.port}`;
  await untilReady(url);
  return {
    url,
    isMock: false,
    ownsServer: true,
    stopServer: () => server.stop(),
    startServer: async () => {
      server = await startServer(server.port);
    },
    close: async () => {
      await gateway.stop();
      await server.stop();
      await rm(state, { recursive: true, force: true });
    },
  };
}

// The default model alone, or all where it is another than usual.
async function repositoryOfOne(folder: string): Promise<string> {
  const model = join(MODELS, "resnet18");
  if (!existsSync(model)) return MODELS;
  const repository = join(folder, "models");
  await mkdir(repository);
  await symlink(model, join(repository, "resnet18"));
  return repository;
}

interface Program {
  port: number;
  stop(): Promise<void>;
}

// Resolves when the program has logged that it listens.
function startProgram(
  path: string,
  args: string[],
  listeningEvent: string,
): Promise<Program> {
  const child = spawn(path, args, { stdio: ["ignore", "ignore", "pipe"] });
  const lastLines: string[] = [];
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`${path} ended with ${code}:\n${lastLines.join("\n")}`)),
    );
    createInterface({ input: child.stderr! }).on("line", (line) => {
      lastLines.push(line);
      lastLines.splice(0, lastLines.length - 20);
      const port = portOf(line, listeningEvent);
      if (port !== null) resolve({ port, stop: () => stop(child) });
    });
  });
}

function portOf(line: string, listeningEvent: string): number | null {
  try {
    const entry = JSON.parse(line) as { event?: string; port?: number | string };
    return entry.event === listeningEvent ? Number(entry.port) : null;
  } catch {
    return null;
  }
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the server did not become ready in 120 s");
}
