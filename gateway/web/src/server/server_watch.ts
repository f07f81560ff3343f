import { signal, type ReadonlySignal } from "@preact/signals";
import { failureOfResponse } from "../api/failure";
import { parseStatus, type ServerStatus } from "../api/status";
import type { WireStatus } from "../api/wire";
import { withSample, type StatusSample } from "./status_window";

// connecting: nothing heard yet.
// live: the server reports, and serves.
// waiting: the server answers, but starts or drains.
// serverDown: the gateway answers, the server does not.
// gatewayDown: nobody answers.
export type Link =
  | "connecting"
  | "live"
  | "waiting"
  | "serverDown"
  | "gatewayDown";

export interface EventStream {
  onmessage: ((data: string) => void) | null;
  onerror: (() => void) | null;
  close(): void;
}

export interface WatchEnvironment {
  openStream(url: string): EventStream;
  fetch(url: string, init: RequestInit): Promise<Response>;
  now(): number;
}

const STATUS_URL = "/v1/status";
// A stream that is silent this long is taken for broken: one report a second is
// due.
const SILENCE_MS = 5_000;
const POLL_MS = 1_000;
const LONGEST_POLL_MS = 5_000;
// Behind a proxy that holds streams back, polling goes on this many times before
// a stream is tried again.
const POLLS_PER_STREAM = 15;

// Follows the server by its stream of reports, and by polling where no stream
// comes through. Recovers by itself.
export class ServerWatch {
  private readonly linkSignal = signal<Link>("connecting");
  private readonly nowSignal = signal(0);
  private readonly samplesSignal = signal<readonly StatusSample[]>([]);
  private stream: EventStream | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private pollsUntilStream = 0;
  private running = false;

  constructor(private readonly environment: WatchEnvironment) {}

  get link(): ReadonlySignal<Link> {
    return this.linkSignal;
  }

  // The last minute, oldest first.
  get samples(): ReadonlySignal<readonly StatusSample[]> {
    return this.samplesSignal;
  }

  // When something was last heard or tried: what the samples' age is told from.
  // It goes on while the server is away, and its figures grow old.
  get now(): ReadonlySignal<number> {
    return this.nowSignal;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.openStream();
  }

  // Frees the connection, for a page that nobody sees.
  stop(): void {
    this.running = false;
    this.closeStream();
    clearTimeout(this.timer);
  }

  // Asks at once how things stand, after a request failed in a way that casts
  // doubt on the server.
  async check(): Promise<Link> {
    await this.poll();
    if (this.link.value === "serverDown" || this.link.value === "gatewayDown") {
      this.closeStream();
      this.schedule();
    }
    return this.link.value;
  }

  private openStream(): void {
    const stream = this.environment.openStream(STATUS_URL);
    this.stream = stream;
    this.armSilence();
    stream.onmessage = (data) => {
      this.armSilence();
      this.accept(data);
    };
    stream.onerror = () => void this.fallBack();
  }

  private armSilence(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.pollsUntilStream = POLLS_PER_STREAM;
      void this.fallBack();
    }, SILENCE_MS);
  }

  private closeStream(): void {
    this.stream?.close();
    this.stream = null;
  }

  private async fallBack(): Promise<void> {
    this.closeStream();
    clearTimeout(this.timer);
    await this.poll();
    this.schedule();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (!this.running) return;
    const delay = Math.min(
      POLL_MS * 2 ** Math.max(0, this.failures - 2),
      LONGEST_POLL_MS,
    );
    this.timer = setTimeout(() => {
      if (this.failures === 0 && this.pollsUntilStream <= 0) {
        this.openStream();
        return;
      }
      this.pollsUntilStream -= 1;
      void this.fallBack();
    }, delay);
  }

  private async poll(): Promise<void> {
    let response: Response;
    let body: string;
    try {
      response = await this.environment.fetch(STATUS_URL, {
        headers: { Accept: "application/json" },
        cache: "no-store",
        signal: AbortSignal.timeout(SILENCE_MS),
      });
      body = await response.text();
    } catch {
      this.noteFailure();
      this.linkSignal.value = "gatewayDown";
      return;
    }
    if (response.ok && this.accept(body)) return;
    this.noteFailure();
    const { kind } = failureOfResponse(response.status, body, null);
    this.linkSignal.value = kind === "notServing" ? "waiting" : "serverDown";
  }

  private noteFailure(): void {
    this.failures += 1;
    this.nowSignal.value = this.environment.now();
  }

  private accept(json: string): boolean {
    let status: ServerStatus;
    try {
      status = parseStatus(JSON.parse(json) as WireStatus);
    } catch {
      return false;
    }
    this.failures = 0;
    const at = this.environment.now();
    this.nowSignal.value = at;
    this.samplesSignal.value = withSample(this.samplesSignal.value, {
      at,
      status,
    });
    this.linkSignal.value = status.state === "serving" ? "live" : "waiting";
    return true;
  }
}

export const browserEnvironment: WatchEnvironment = {
  openStream(url) {
    const source = new EventSource(url);
    const stream: EventStream = {
      onmessage: null,
      onerror: null,
      close: () => source.close(),
    };
    const pass = (event: MessageEvent<string>) => stream.onmessage?.(event.data);
    source.onmessage = pass;
    source.addEventListener("status", pass);
    source.onerror = () => stream.onerror?.();
    return stream;
  },
  fetch: (url, init) => fetch(url, init),
  now: () => performance.now(),
};
