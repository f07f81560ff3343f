// A gateway without a server behind it, for what a real server cannot be made to
// do on demand: be busy, be slow, be away, report chosen figures.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { extname, join, normalize } from "node:path";
import { MOCK_LABELS, MOCK_MODELS, MOCK_TABLE } from "./mock_answers";

export interface MockScript {
  // Requests still to be refused as QUEUE_FULL.
  busyFor: number;
  retryAfterS: number;
  // Before each answer.
  delayMs: number;
  serverIsDown: boolean;
  // Whether the server wants a token that the gateway does not have.
  wantsToken: boolean;
  // From which the page may fetch pictures.
  pictureOrigins: string;
  // Of an encoded picture.
  maxBytes: number;
  lanes: number;
  // The sample photograph that every picture is taken for, however sure.
  everythingIs: string;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
};

// As gateway/http/page_policy.cc has it; origins.journey.ts compares.
export const pagePolicy = (pictureOrigins: string) =>
  "default-src 'none'; script-src 'self'; style-src 'self'; " +
  "img-src 'self' blob: data:; media-src 'self' blob:; " +
  `connect-src ${["'self'", pictureOrigins].filter(Boolean).join(" ")}; ` +
  "font-src 'self'; manifest-src 'self'; worker-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export class MockGateway {
  readonly script: MockScript = {
    busyFor: 0,
    retryAfterS: 1,
    delayMs: 4,
    serverIsDown: false,
    wantsToken: false,
    pictureOrigins: "",
    maxBytes: 16 * 2 ** 20,
    lanes: 2,
    everythingIs: "",
  };
  // Pictures received, in the order of their arrival.
  readonly received: { language: string; model: string; priority: string }[] =
    [];
  inFlight = 0;
  mostInFlight = 0;

  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();
  private readonly streams = new Set<ServerResponse>();
  private readonly sampleNames = new Map<string, string>();
  private readonly answeredAt: number[] = [];
  private port = 0;

  constructor(
    private readonly dist: string,
    private readonly api: string,
    private readonly photos: string,
    private readonly samplesIndex: string,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    await this.learnSamples();
    const server = createServer((request, response) => {
      void this.answer(request, response);
    });
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) =>
      server.listen(this.port, "127.0.0.1", resolve),
    );
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  stopServer(): void {
    this.script.serverIsDown = true;
    for (const stream of this.streams) stream.end();
  }

  startServer(): void {
    this.script.serverIsDown = false;
  }

  private async learnSamples(): Promise<void> {
    const index = JSON.parse(
      await readFile(this.samplesIndex, "utf8"),
    ) as { file: string }[];
    for (const { file } of index) {
      const bytes = await readFile(join(this.photos, file));
      this.sampleNames.set(digest(bytes), file);
    }
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const path = url.pathname;
    try {
      if (path === "/v1/classify") await this.classify(request, response, url);
      else if (path === "/v1/status") this.status(request, response);
      else if (path === "/v1/models") this.models(response);
      else if (path === "/labels/imagenet1k.json") json(response, 200, MOCK_TABLE);
      else if (path === "/openapi.json") await this.file(response, this.api, "openapi.json");
      else if (path === "/samples/index.json") {
        json(response, 200, JSON.parse(await readFile(this.samplesIndex, "utf8")));
      } else if (path.startsWith("/samples/")) {
        await this.file(response, this.photos, path.slice("/samples/".length));
      } else if (path === "/") await this.file(response, this.dist, "index.html");
      else if (path === "/docs") await this.file(response, this.dist, "docs.html");
      else await this.file(response, this.dist, path.slice(1));
    } catch {
      if (request.headers.accept?.includes("text/html")) {
        await this.file(response, this.dist, "404.html", 404);
      } else json(response, 404, error(404, "NOT_FOUND", "", "no such path"));
    }
  }

  private async file(
    response: ServerResponse,
    folder: string,
    name: string,
    status = 200,
  ): Promise<void> {
    const safe = normalize(decodeURIComponent(name)).replace(/^(\.\.\/)+/, "");
    const bytes = await readFile(join(folder, safe));
    response.writeHead(status, {
      "Content-Type": TYPES[extname(safe)] ?? "application/octet-stream",
      "Content-Security-Policy": pagePolicy(this.script.pictureOrigins),
      "X-Content-Type-Options": "nosniff",
    });
    response.end(bytes);
  }

  private models(response: ServerResponse): void {
    if (this.script.serverIsDown) unavailable(response);
    else json(response, 200, MOCK_MODELS);
  }

  private async classify(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ): Promise<void> {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      const body = await read(request);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.script.delayMs);
        response.on("close", () => {
          clearTimeout(timer);
          resolve();
        });
      });
      if (!response.destroyed) this.reply(request, response, url, body);
    } finally {
      this.inFlight -= 1;
    }
  }

  private reply(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    body: Buffer,
  ): void {
    if (this.script.serverIsDown) return unavailable(response);
    if (this.script.wantsToken) {
      json(
        response,
        401,
        error(401, "UNAUTHENTICATED", "TOKEN_MISSING", "no token"),
      );
      return;
    }
    if (this.script.busyFor > 0) {
      this.script.busyFor -= 1;
      response.setHeader("Retry-After", String(this.script.retryAfterS));
      json(
        response,
        429,
        error(429, "RESOURCE_EXHAUSTED", "QUEUE_FULL", "the queue is full"),
      );
      return;
    }
    const refusal = refusalOf(body, this.script.maxBytes);
    if (refusal) {
      json(response, refusal.error.code, refusal);
      return;
    }
    const language = url.searchParams.get("language_code") ?? "en";
    const model = url.searchParams.get("model") || MOCK_MODELS.defaultModel;
    this.received.push({
      language,
      model,
      priority: String(request.headers["x-wanwu-priority"]),
    });
    this.answeredAt.push(Date.now());
    json(response, 200, {
      classifications: this.classesOf(body, language, model),
      model,
      modelVersion: "1",
      precision: model === "resnet18" ? "int8" : "fp32",
      timings: timingsOf(this.answeredAt.length, this.inFlight),
    });
  }

  private classesOf(body: Buffer, language: string, model: string): object[] {
    const hash = digest(body);
    const sample = this.script.everythingIs || this.sampleNames.get(hash);
    const best = sample
      ? MOCK_LABELS.findIndex(({ sample: file }) => file === sample)
      : parseInt(hash.slice(0, 6), 16) % MOCK_LABELS.length;
    // The other model sees some pictures differently.
    const sees = parseInt(hash.slice(6, 8), 16) % 4;
    const isAnother = model !== MOCK_MODELS.defaultModel;
    const first = best + (isAnother && (sees === 0 || sample) ? 1 : 0);
    let rest = 1;
    return Array.from({ length: 10 }, (_, i) => {
      const label = MOCK_LABELS[(first + i) % MOCK_LABELS.length]!;
      // Of some pictures it is unsure.
      const isUnsure = !sample && parseInt(hash.slice(-2), 16) % 5 === 0;
      const share = isUnsure ? 0.28 : 0.42 + (parseInt(hash.slice(6 + i, 8 + i), 16) / 255) * 0.4;
      const probability = Math.fround(rest * share);
      rest -= probability;
      return {
        index: label.index,
        label: language.startsWith("zh") ? label.zh : label.en,
        wordnetId: label.wordnetId,
        probability,
      };
    });
  }

  private status(request: IncomingMessage, response: ServerResponse): void {
    if (this.script.serverIsDown) return unavailable(response);
    if (!request.headers.accept?.includes("text/event-stream")) {
      json(response, 200, this.statusNow());
      return;
    }
    response.writeHead(200, {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-store",
    });
    const send = () =>
      response.write(`data: ${JSON.stringify(this.statusNow())}\n\n`);
    send();
    const timer = setInterval(send, 1000);
    this.streams.add(response);
    response.on("close", () => {
      clearInterval(timer);
      this.streams.delete(response);
    });
  }

  private statusNow(): object {
    const since = Date.now() - 5000;
    const recent = this.answeredAt.filter((at) => at >= since).length;
    const rate = recent / 5;
    return {
      version: "0.2.0",
      uptime: "5025.120s",
      state: "STATE_SERVING",
      window: "5s",
      picturesPerSecond: rate,
      errorsPerSecond: 0,
      picturesTotal: String(18342 + this.answeredAt.length),
      errorsTotal: "12",
      ...(recent > 0 && {
        latency: {
          p50: `${(0.0082 + rate / 9000).toFixed(6)}s`,
          p90: "0.013s",
          p95: `${(0.0148 + rate / 4000).toFixed(6)}s`,
          p99: "0.02s",
        },
      }),
      queueDepth: this.inFlight,
      queueCapacity: 512,
      queueBytes: "0",
      queueBytesCapacity: "268435456",
      batchSizes: [1, 2, 3, 4]
        .map((size) => ({ size, count: String(Math.floor(recent / 2 ** size)) }))
        .filter(({ count }) => count !== "0"),
      lanes: Array.from({ length: this.script.lanes }, (_, index) => ({
        index,
        utilisation: Math.min(0.97, rate / (60 + 25 * index)),
      })),
    };
  }
}

function timingsOf(turn: number, inFlight: number): object {
  const decode = 0.0016 + (turn % 5) * 0.0004;
  const queue = 0.00004 * (1 + inFlight * 6);
  const inference = 0.0049 + inFlight * 0.0011;
  const seconds = (value: number) => `${value.toFixed(6)}s`;
  return {
    decode: seconds(decode),
    queue: seconds(queue),
    inference: seconds(inference),
    total: seconds(decode + queue + inference + 0.0001),
    batchSize: Math.max(1, Math.min(4, inFlight)),
  };
}

function refusalOf(
  body: Buffer,
  maxBytes: number,
): ReturnType<typeof error> | null {
  if (body.length > maxBytes) {
    return error(
      413,
      "INVALID_ARGUMENT",
      "IMAGE_TOO_LARGE",
      `the encoded image has ${body.length} bytes; the limit is ${maxBytes}`,
      { value: String(body.length), limit: String(maxBytes) },
    );
  }
  if (body.length === 0) {
    return error(400, "INVALID_ARGUMENT", "IMAGE_EMPTY", "image is empty");
  }
  const isJpeg = body[0] === 0xff && body[1] === 0xd8;
  const isPng = body.subarray(1, 4).toString("latin1") === "PNG";
  const isWebp = body.subarray(8, 12).toString("latin1") === "WEBP";
  if (!isJpeg && !isPng && !isWebp) {
    return error(
      415,
      "INVALID_ARGUMENT",
      "IMAGE_UNSUPPORTED",
      "the image is of an unknown type; supported are JPEG, PNG and WebP",
    );
  }
  if (body.length < 64) {
    return error(
      400,
      "INVALID_ARGUMENT",
      "IMAGE_DECODE_FAILED",
      "the picture ends early",
    );
  }
  if (isPng) return tooNarrow(body.readUInt32BE(16), body.readUInt32BE(20));
  return null;
}

// As the server tells it.
function tooNarrow(width: number, height: number) {
  const ratio = Math.ceil(Math.max(width, height) / Math.min(width, height));
  if (ratio <= 100) return null;
  return error(
    400,
    "INVALID_ARGUMENT",
    "IMAGE_TOO_LARGE",
    `the picture, ${width}x${height}, has its longer side at ${ratio} times ` +
      "the shorter one; the limit is 100",
    { value: String(ratio), limit: "100" },
  );
}

function error(
  code: number,
  status: string,
  reason: string,
  message: string,
  metadata: Record<string, string> = {},
) {
  return {
    error: {
      code,
      status,
      message,
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason,
          domain: "wanwu",
          metadata,
        },
      ],
    },
  };
}

function unavailable(response: ServerResponse): void {
  response.setHeader("Retry-After", "1");
  json(
    response,
    503,
    error(503, "UNAVAILABLE", "SERVER_UNREACHABLE", "no server"),
  );
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
