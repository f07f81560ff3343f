import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Answer, ClassifyResult } from "../api/classify";
import { agreementOf, Comparison } from "./comparison";
import { makePicture, type Picture } from "./picture";

const answerOf = (wordnetId: string, label = wordnetId): Answer => ({
  classes: [{ index: 1, label, wordnetId, probability: 0.9 }],
  model: "m",
  modelVersion: "1",
  precision: "int8",
  language: "en",
  timings: { decodeMs: 1, queueMs: 0, inferenceMs: 5, totalMs: 6, batchSize: 1 },
});

let asked: string[];
let reply: () => ClassifyResult;
let comparison: Comparison;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  reply = () => ({ answer: answerOf("n1") });
  comparison = new Comparison({
    ask: async (picture, model) => {
      asked.push(`${model}: ${picture.name}`);
      return reply();
    },
    changed: () => undefined,
  });
});

afterEach(() => void vi.useRealTimers());

function answered(...ids: string[]): Picture[] {
  return ids.map((id, i) => {
    const picture = makePicture(i, { name: `${i}`, file: new Blob(["x"]) });
    picture.state.value = { name: "answered" };
    picture.answer.value = answerOf(id);
    return picture;
  });
}

describe("Comparison", () => {
  test("asks once about each picture that has an answer", async () => {
    const pictures = answered("n1", "n2");
    const open = makePicture(9, { name: "open", file: new Blob(["x"]) });

    comparison.follow("b", [...pictures, open]);
    comparison.follow("b", [...pictures, open]);
    await vi.advanceTimersByTimeAsync(0);

    expect(asked).toEqual(["b: 0", "b: 1"]);
    expect(agreementOf([...pictures, open])).toEqual({ both: 2, same: 1 });
  });

  test("asks anew when the model changes, and forgets when there is none", async () => {
    const pictures = answered("n1");
    comparison.follow("b", pictures);
    await vi.advanceTimersByTimeAsync(0);
    comparison.follow("c", pictures);
    expect(pictures[0]!.other.value).toBeNull();
    await vi.advanceTimersByTimeAsync(0);
    comparison.follow("", pictures);

    expect(asked).toEqual(["b: 0", "c: 0"]);
    expect(pictures[0]!.other.value).toBeNull();
  });

  test("asks a busy server again, and tells what does not pass", async () => {
    const pictures = answered("n1");
    const replies: ClassifyResult[] = [
      { failure: { kind: "busy", message: "", retryAfterMs: 1000 } },
      { failure: { kind: "inferenceFailed", message: "" } },
    ];
    reply = () => replies.shift()!;

    comparison.follow("b", pictures);
    await vi.advanceTimersByTimeAsync(0);
    expect(pictures[0]!.other.value).toBeNull();
    await vi.advanceTimersByTimeAsync(5000);

    expect(pictures[0]!.other.value?.failure?.kind).toBe("inferenceFailed");
    expect(agreementOf(pictures)).toEqual({ both: 0, same: 0 });
  });

  test("leaves what was taken off the page alone, and waits while paused", async () => {
    const pictures = answered("n1", "n2");
    comparison.pause();
    comparison.follow("b", pictures);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual([]);
    comparison.follow("b", [pictures[1]!]);
    comparison.resume();
    await vi.advanceTimersByTimeAsync(0);

    expect(asked).toEqual(["b: 1"]);
  });

  test("classes are the same by WordNet id, or else by name", () => {
    const [one, two, three] = answered("n1", "n2", "");
    one!.other.value = { answer: answerOf("n1", "another name") };
    two!.other.value = { answer: answerOf("n1", "n2") };
    three!.other.value = { answer: answerOf("n3", "") };

    expect(agreementOf([one!, two!, three!])).toEqual({ both: 3, same: 2 });
  });
});
