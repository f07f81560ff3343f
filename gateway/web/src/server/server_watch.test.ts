import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ServerWatch, type EventStream } from "./server_watch";

const SERVING = JSON.stringify({ state: "STATE_SERVING", queueDepth: 3 });
const STARTING = JSON.stringify({ state: "STATE_STARTING" });

class FakeStream implements EventStream {
  onmessage: ((data: string) => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;

  close(): void {
    this.closed = true;
  }
}

type Reply = () => Promise<Response>;

const answers = (body: string, status = 200): Reply => () =>
  Promise.resolve(new Response(body, { status }));
const refused: Reply = () => Promise.reject(new TypeError("refused"));

let streams: FakeStream[];
let polls: number;
let reply: Reply;
let watch: ServerWatch;

beforeEach(() => {
  vi.useFakeTimers();
  streams = [];
  polls = 0;
  reply = answers(SERVING);
  watch = new ServerWatch({
    openStream: () => {
      const stream = new FakeStream();
      streams.push(stream);
      return stream;
    },
    fetch: () => {
      polls += 1;
      return reply();
    },
    now: () => Date.now(),
  });
});

afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

const stream = () => streams.at(-1)!;
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("ServerWatch", () => {
  test("is live from the first report of the stream", () => {
    watch.start();
    expect(watch.link.value).toBe("connecting");

    stream().onmessage?.(SERVING);

    expect(watch.link.value).toBe("live");
    expect(watch.samples.value[0]?.status.queueDepth).toBe(3);
    expect(polls).toBe(0);
  });

  test("waits with a server that starts", () => {
    watch.start();

    stream().onmessage?.(STARTING);

    expect(watch.link.value).toBe("waiting");
  });

  test("opens another stream when one breaks and the server is there", async () => {
    watch.start();
    stream().onmessage?.(SERVING);

    stream().onerror?.();
    await wait(0);
    expect(streams[0]!.closed).toBe(true);
    expect(watch.link.value).toBe("live");
    await wait(1000);

    expect(streams).toHaveLength(2);
  });

  test("tells a server that is down from a gateway that is gone", async () => {
    watch.start();
    reply = answers('{"error":{"status":"UNAVAILABLE"}}', 503);
    stream().onerror?.();
    await wait(0);
    expect(watch.link.value).toBe("serverDown");

    reply = refused;
    await wait(2000);

    expect(watch.link.value).toBe("gatewayDown");
  });

  test("asks ever more seldom while down, and recovers by itself", async () => {
    watch.start();
    reply = refused;
    stream().onerror?.();
    await wait(60_000);
    const asked = polls;
    expect(asked).toBeLessThan(20);

    reply = answers(SERVING);
    await wait(5_000);
    expect(watch.link.value).toBe("live");
    await wait(1_000);

    expect(streams).toHaveLength(2);
  });

  test("polls where a stream stays silent, as behind some proxies", async () => {
    watch.start();

    await wait(5_000);
    expect(streams[0]!.closed).toBe(true);
    expect(watch.link.value).toBe("live");
    await wait(5_000);

    expect(polls).toBeGreaterThanOrEqual(5);
    expect(streams).toHaveLength(1);
  });

  test("checks at once when a request cast doubt on the server", async () => {
    watch.start();
    stream().onmessage?.(SERVING);
    reply = refused;

    expect(await watch.check()).toBe("gatewayDown");

    expect(stream().closed).toBe(true);
  });

  test("keeps its stream when the doubt was unfounded", async () => {
    watch.start();
    stream().onmessage?.(SERVING);

    expect(await watch.check()).toBe("live");

    expect(stream().closed).toBe(false);
  });

  test("takes an answer that is no report for a server that is down", async () => {
    watch.start();
    reply = answers("<html>");

    stream().onerror?.();
    await wait(0);

    expect(watch.link.value).toBe("serverDown");
  });

  test("is silent when stopped", async () => {
    watch.start();
    watch.stop();

    await wait(60_000);

    expect(stream().closed).toBe(true);
    expect(polls).toBe(0);
  });
});
