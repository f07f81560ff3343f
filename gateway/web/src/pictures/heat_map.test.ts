import { beforeEach, describe, expect, test } from "vitest";
import { parseAnswer, type ClassifyResult } from "../api/classify";
import { measureHeatMap, type HeatEnvironment } from "./heat_map";
import { CELLS } from "./occlusion";

const CAT = { index: 1, label: "cat", wordnetId: "n1", probability: 0.8 };
const MAP = 37; // answers that make one

const said = (index: number, probability: number): ClassifyResult => ({
  answer: parseAnswer(
    JSON.stringify({ classifications: [{ index, probability }] }),
    "en",
  )!,
});
const BUSY: ClassifyResult = {
  failure: { kind: "busy", message: "", retryAfterMs: 2000 },
};

let asked: AbortSignal[];
let waits: number[];
let answers: number;
let reply: (turn: number) => ClassifyResult | Promise<ClassifyResult>;
let environment: HeatEnvironment;

beforeEach(() => {
  asked = [];
  waits = [];
  answers = 0;
  reply = () => said(1, 0.8);
  environment = {
    cover: () => Promise.resolve(new Blob(["copy"])),
    ask: async (_, abort) => {
      asked.push(abort);
      return reply(asked.length);
    },
    wait: async (ms) => void waits.push(ms),
    onAnswer: () => (answers += 1),
  };
});

const measured = (abort = new AbortController()) =>
  measureHeatMap(environment, CAT, 224, abort.signal);

describe("measureHeatMap", () => {
  test("asks for the whole and for each part", async () => {
    const { uncovered, losses } = await measured();
    expect(uncovered).toBe(0.8);
    expect(losses).toHaveLength(CELLS * CELLS);
    expect([asked.length, answers]).toEqual([MAP, MAP]);
  });

  test("waits as long as a busy server says, and asks again", async () => {
    reply = (turn) => (turn === 5 || turn === 9 ? BUSY : said(1, 0.8));
    await measured();
    expect(asked).toHaveLength(MAP + 2);
    expect(answers).toBe(MAP);
    expect(waits).toHaveLength(2);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2000);
  });

  test("gives a server up that stays busy", async () => {
    reply = () => BUSY;
    await expect(measured()).rejects.toThrow("busy");
    expect(asked).toHaveLength(8);
  });

  test("aborts the others at the first that fails", async () => {
    const never = new Promise<ClassifyResult>(() => undefined);
    const wrong = { failure: { kind: "modelMissing", message: "" } } as const;
    reply = (turn) => (turn === 1 ? said(1, 0.8) : turn === 5 ? wrong : never);
    await expect(measured()).rejects.toThrow("modelMissing");
    expect(asked).toHaveLength(5);
    expect(asked.every(({ aborted }) => aborted)).toBe(true);
  });

  test("asks nothing more once nobody wants it", async () => {
    const abort = new AbortController();
    reply = (turn) => {
      if (turn === 6) abort.abort();
      return said(1, 0.8);
    };
    await expect(measured(abort)).rejects.toThrow();
    const then = asked.length;
    expect(then).toBeLessThan(MAP);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toHaveLength(then);
    await expect(measured(abort)).rejects.toThrow();
    expect(asked).toHaveLength(then);
  });

  test("says nothing of a picture that is something else now", async () => {
    reply = () => said(2, 0.8);
    await expect(measured()).rejects.toThrow("another answer");
    expect(asked).toHaveLength(1);
  });
});
