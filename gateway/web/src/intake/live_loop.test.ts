import { beforeEach, describe, expect, test } from "vitest";
import { parseAnswer, type ClassifyResult } from "../api/classify";
import { classifyContinuously, type LiveEnvironment } from "./live_loop";

const BODY = '{"classifications":[{"index":1,"label":"cat","probability":0.5}]}';
const ANSWER: ClassifyResult = { answer: parseAnswer(BODY, "en")! };

let clock: number;
let tookMs: number;
let waits: number[];
let shown: number;
let asked: number;
let wanted: Promise<void>;
let replies: ClassifyResult[];
let abort: AbortController;
let environment: LiveEnvironment;

beforeEach(() => {
  clock = 0;
  tookMs = 30;
  waits = [];
  shown = 0;
  asked = 0;
  wanted = Promise.resolve();
  replies = [];
  abort = new AbortController();
  environment = {
    untilWanted: () => wanted,
    grab: () => Promise.resolve(new Blob(["frame"])),
    ask: () => {
      asked += 1;
      clock += tookMs;
      return Promise.resolve(replies.shift() ?? ANSWER);
    },
    show: () => (shown += 1),
    now: () => clock,
    wait: (ms) => {
      waits.push(ms);
      if (waits.length === 3) abort.abort();
      return Promise.resolve();
    },
  };
});

describe("classifyContinuously", () => {
  test("asks at most ten times a second", async () => {
    await classifyContinuously(environment, abort.signal);
    expect(waits).toEqual([70, 70, 70]);
    expect(shown).toBe(3);
  });

  test("leaves a slow server as much time as it takes", async () => {
    tookMs = 400;
    await classifyContinuously(environment, abort.signal);
    expect(waits).toEqual([400, 400, 400]);
  });

  test("asks a busy server again when it says so", async () => {
    const busy = { kind: "busy", message: "" } as const;
    replies = [{ failure: { ...busy, retryAfterMs: 2000 } }, { failure: busy }];
    await classifyContinuously(environment, abort.signal);
    expect(waits).toEqual([2000, 1000, 70]);
    expect(shown).toBe(1);
  });

  test("asks nothing while nobody looks", async () => {
    let look = () => undefined as void;
    wanted = new Promise((resolve) => (look = resolve));
    const ended = classifyContinuously(environment, abort.signal);
    await Promise.resolve();
    expect(asked).toBe(0);

    look();
    await ended;
    expect(asked).toBe(3);
  });

  test("ends when it is aborted, whatever is under way", async () => {
    environment.ask = () => {
      abort.abort();
      return Promise.reject(new Error("aborted"));
    };
    await classifyContinuously(environment, abort.signal);
    expect(shown).toBe(0);
    expect(waits).toEqual([]);
  });
});
