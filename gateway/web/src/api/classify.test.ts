import { describe, expect, test, vi } from "vitest";
import { classify, parseAnswer, type Question } from "./classify";
import type { Transport, UploadAnswer } from "./upload";

const RESPONSE = JSON.stringify({
  classifications: [
    {
      index: 282,
      label: "tiger cat",
      wordnetId: "n02123159",
      probability: 0.425,
    },
    { label: "tench" },
  ],
  model: "resnet18",
  modelVersion: "1",
  precision: "int8",
  timings: {
    decode: "0.002310s",
    queue: "0.000041s",
    inference: "0.005102s",
    total: "0.007480s",
    batchSize: 3,
  },
});

const QUESTION: Question = {
  picture: new Blob(["picture"]),
  model: "",
  language: "zh",
  priority: "bulk",
};

const ask = (reply: UploadAnswer | null, question = QUESTION) => {
  const transport = vi.fn<Transport>(() => Promise.resolve(reply));
  const result = classify(
    transport,
    question,
    new AbortController().signal,
    () => {},
  );
  return { transport, result };
};

describe("parseAnswer", () => {
  test("reads names and timings, filling in what is at its default", () => {
    const answer = parseAnswer(RESPONSE, "en");

    expect(answer?.classes[0]).toEqual({
      index: 282,
      label: "tiger cat",
      wordnetId: "n02123159",
      probability: 0.425,
    });
    expect(answer?.classes[1]).toMatchObject({ index: 0, probability: 0 });
    expect(answer?.timings.decodeMs).toBeCloseTo(2.31);
    expect(answer?.timings.batchSize).toBe(3);
    expect(answer?.language).toBe("en");
  });

  test("has warnings only of a damaged picture", () => {
    const damaged = JSON.parse(RESPONSE) as object;
    const warnings = ["8 stray bytes skipped"];

    expect(
      parseAnswer(JSON.stringify({ ...damaged, warnings }), "en")?.warnings,
    ).toEqual(warnings);
    expect(
      parseAnswer(JSON.stringify({ ...damaged, warnings: [] }), "en"),
    ).not.toHaveProperty("warnings");
  });

  test("refuses what is no answer", () => {
    expect(parseAnswer("<html>", "en")).toBeNull();
    expect(parseAnswer("{}", "en")).toBeNull();
  });
});

describe("classify", () => {
  test("asks for ten names in the language, and for the default model", () => {
    const { transport } = ask(null);

    const upload = transport.mock.calls[0]![0];
    expect(upload.url).toBe("/v1/classify?top_k=10&language_code=zh");
    expect(upload.headers["X-Wanwu-Priority"]).toBe("bulk");
    expect(upload.headers["Content-Type"]).toBe("application/octet-stream");
    expect(upload.body).toBe(QUESTION.picture);
  });

  test("names a model where one is chosen", () => {
    const { transport } = ask(null, { ...QUESTION, model: "a b&c" });

    expect(transport.mock.calls[0]![0].url).toMatch(/&model=a\+b%26c$/);
  });

  test("gives the answer", async () => {
    const { result } = ask({ status: 200, body: RESPONSE, retryAfter: null });

    expect((await result).answer?.model).toBe("resnet18");
  });

  test("says that nobody answered", async () => {
    expect((await ask(null).result).failure?.kind).toBe("gatewayUnreachable");
  });

  test("passes on when to come back", async () => {
    const { result } = ask({ status: 429, body: "", retryAfter: "3" });

    expect((await result).failure).toMatchObject({
      kind: "busy",
      retryAfterMs: 3000,
    });
  });

  test("does not take a stranger's page for an answer", async () => {
    const { result } = ask({ status: 200, body: "<html>", retryAfter: null });

    expect((await result).failure?.kind).toBe("unexpected");
  });
});
