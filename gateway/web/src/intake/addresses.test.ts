import { File } from "node:buffer";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  addressIn,
  addressOfImage,
  fetchPicture,
  LONGEST_FETCH_MS,
  MOST_BYTES,
  nameOf,
} from "./addresses";

// Node 18 has it, but not as a global.
beforeEach(() => void vi.stubGlobal("File", File));
afterEach(() => void vi.unstubAllGlobals());

const answer = (body: string, type: string, status = 200) =>
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response(body, { status, headers: { "Content-Type": type } })),
  );

test.each([
  ["https://a.example/cat.jpg", "https://a.example/cat.jpg"],
  ["  http://a.example/x?y=1\n", "http://a.example/x?y=1"],
  ["see https://a.example", ""],
  ["https://", ""],
  ["javascript:alert(1)", ""],
  ["cat", ""],
])("in %j the address is %j", (text, address) => {
  expect(addressIn(text)).toBe(address);
});

test.each([
  ["https://a.example/b/%E7%8C%AB.jpg?size=2", "猫.jpg"],
  ["https://a.example/", "a.example"],
  ["https://a.example/100%.png", "100%.png"],
])("%s is called %s", (address, name) => {
  expect(nameOf(address)).toBe(name);
});

test.each([
  ["https://a.example/cat.jpg", "https://a.example/cat.jpg"],
  ["//a.example/cat.jpg", "https://a.example/cat.jpg"],
  ["data:image/png;base64,AAAA", "data:image/png;base64,AAAA"],
  ["/cat.jpg", ""],
  ["../cat.jpg", ""],
  ["cat.jpg", ""],
  ["blob:https://a.example/1", ""],
  ["", ""],
])("an image's %j is at %j", (src, address) => {
  expect(addressOfImage(src)).toBe(address);
});

describe("fetchPicture", () => {
  test("brings a picture with its name", async () => {
    answer("bytes", "image/png");
    const picture = await fetchPicture("https://a.example/cat");
    expect(picture?.path).toBe("cat");
    expect(await picture?.file.text()).toBe("bytes");
  });

  test("takes no page for a picture, no error, and no refusal", async () => {
    answer("<html>", "text/html");
    expect(await fetchPicture("https://a.example/cat")).toBeNull();
    answer("gone", "image/png", 404);
    expect(await fetchPicture("https://a.example/cat")).toBeNull();
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("CORS")));
    expect(await fetchPicture("https://a.example/cat")).toBeNull();
  });

  test("gives up what does not come", async () => {
    vi.useFakeTimers();
    let asked: AbortSignal | undefined;
    vi.stubGlobal("fetch", (_: string, { signal }: { signal: AbortSignal }) => {
      asked = signal;
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new Error("aborted"))),
      );
    });
    const picture = fetchPicture("https://a.example/cat");
    await vi.advanceTimersByTimeAsync(LONGEST_FETCH_MS - 1);
    expect(asked?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await picture).toBeNull();
    vi.useRealTimers();
  });

  test("reads no more than a picture may have", async () => {
    const part = new Uint8Array(8 * 2 ** 20);
    let asked: AbortSignal | undefined;
    let parts = 0;
    const endless = new ReadableStream({
      pull: (stream) => {
        parts += 1;
        stream.enqueue(part);
      },
    });
    vi.stubGlobal("fetch", (_: string, { signal }: { signal: AbortSignal }) => {
      asked = signal;
      const headers = { "Content-Type": "image/png" };
      return Promise.resolve(new Response(endless, { headers }));
    });
    expect(await fetchPicture("https://a.example/cat")).toBeNull();
    expect(parts).toBeLessThanOrEqual(MOST_BYTES / part.byteLength + 2);
    expect(asked?.aborted).toBe(true);
  });
});
