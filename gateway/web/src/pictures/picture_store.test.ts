import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Answer, ClassifyResult, Question } from "../api/classify";
import type { Failure } from "../api/failure";
import { MAX_ATTEMPTS } from "../queue/backoff";
import {
  ASK_AGAIN_UP_TO,
  IN_FLIGHT,
  PictureStore,
  type Asking,
} from "./picture_store";

const answerIn = (language: string, model = "resnet18"): Answer => ({
  classes: [{ index: 1, label: "fish", wordnetId: "n1", probability: 0.9 }],
  model,
  modelVersion: "1",
  precision: "int8",
  language,
  timings: { decodeMs: 1, queueMs: 0, inferenceMs: 5, totalMs: 6, batchSize: 1 },
});

const BUSY: Failure = { kind: "busy", message: "", retryAfterMs: 1000 };
const AWAY: Failure = { kind: "serverUnreachable", message: "" };
const BROKEN: Failure = { kind: "pictureBroken", message: "" };

let questions: Question[];
let reply: (question: Question) => ClassifyResult | Promise<ClassifyResult>;
let serverIsDown: boolean;
let revoked: string[];
let asking: ReturnType<typeof signal<Asking>>;
let store: PictureStore;

beforeEach(() => {
  vi.useFakeTimers();
  questions = [];
  reply = ({ language }) => ({ answer: answerIn(language) });
  serverIsDown = false;
  revoked = [];
  asking = signal<Asking>({ model: "", language: "en", shrink: false });
  store = new PictureStore(
    {
      classify: async (question) => {
        questions.push(question);
        return reply(question);
      },
      isDown: () => {
        if (serverIsDown) store.pause();
        return Promise.resolve(serverIsDown);
      },
      shrink: async (file) => ({
        file: new Blob([await file.text(), "-small"]),
        size: { width: 10, height: 5 },
      }),
      convert: async (file) => {
        const text = await file.text();
        if (text === "1") return null;
        const size = { width: 8, height: 6 };
        return { file: new Blob([text, "-jpeg"]), size };
      },
      translate: (answer, language) =>
        language === "fr" ? null : { ...answer, language },
      revoke: (url) => revoked.push(url),
      nextFrame: (callback) => setTimeout(callback, 16),
    },
    asking as never,
  );
});

afterEach(() => {
  vi.useRealTimers();
});

const newPictures = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${i}.jpg`,
    file: new Blob([String(i)]),
  }));

const never = () => new Promise<ClassifyResult>(() => {});
const settle = () => vi.advanceTimersByTimeAsync(200);
const states = () => store.pictures.value.map(({ state }) => state.value.name);

describe("PictureStore", () => {
  test("answers every picture that is added", async () => {
    store.add(newPictures(40));
    await settle();

    expect(new Set(states())).toEqual(new Set(["answered"]));
    expect(store.tally.value).toMatchObject({ all: 40, answered: 40, open: 0 });
  });

  test("has no more than five in flight", async () => {
    reply = never;

    store.add(newPictures(40));
    await settle();

    expect(questions).toHaveLength(IN_FLIGHT);
    expect(store.tally.value).toMatchObject({ all: 40, open: 40 });
  });

  test("lets cards arrive over several frames", async () => {
    reply = never;

    store.add(newPictures(40));

    expect(store.pictures.value.length).toBeLessThan(40);
    expect(store.tally.value.all).toBe(40);
    await settle();
    expect(store.pictures.value).toHaveLength(40);
  });

  test("lets a person's next picture overtake a crowd", async () => {
    store.add(newPictures(8));
    await settle();
    store.add(newPictures(1));
    await settle();

    expect(questions[0]!.priority).toBe("bulk");
    expect(questions.at(-1)!.priority).toBe("interactive");
  });

  test("waits as long as a busy server wishes, then asks again", async () => {
    reply = ({ language }) =>
      questions.length === 1
        ? { failure: BUSY }
        : { answer: answerIn(language) };

    store.add(newPictures(1));
    await vi.advanceTimersByTimeAsync(900);
    expect(states()).toEqual(["retrying"]);
    await vi.advanceTimersByTimeAsync(400);

    expect(states()).toEqual(["answered"]);
  });

  test("gives up on a server that stays busy, until asked to retry", async () => {
    reply = () => ({ failure: BUSY });

    store.add(newPictures(1));
    await vi.advanceTimersByTimeAsync(300_000);
    expect(states()).toEqual(["failed"]);
    expect(questions).toHaveLength(MAX_ATTEMPTS);
    reply = ({ language }) => ({ answer: answerIn(language) });
    store.retry(store.pictures.value);
    await settle();

    expect(states()).toEqual(["answered"]);
  });

  test("does not retry a broken picture by itself", async () => {
    reply = () => ({ failure: BROKEN });

    store.add(newPictures(1));
    await vi.advanceTimersByTimeAsync(300_000);

    expect(states()).toEqual(["failed"]);
    expect(questions).toHaveLength(1);
  });

  test("holds everything while the server is down, and goes on after", async () => {
    reply = () => ({ failure: AWAY });
    serverIsDown = true;

    store.add(newPictures(12));
    await vi.advanceTimersByTimeAsync(300_000);
    expect(new Set(states())).toEqual(new Set(["waiting"]));
    expect(questions).toHaveLength(IN_FLIGHT);
    serverIsDown = false;
    reply = ({ language }) => ({ answer: answerIn(language) });
    store.resume();
    await settle();

    expect(new Set(states())).toEqual(new Set(["answered"]));
  });

  test("cancels what is open and keeps what is answered", async () => {
    reply = ({ language }) =>
      questions.length <= 3 ? { answer: answerIn(language) } : never();

    store.add(newPictures(40));
    store.cancelOpen();
    expect(store.tally.value.open).toBe(0);
    store.retry(store.pictures.value.slice(0, 6));
    await settle();
    store.cancelOpen();
    await settle();

    expect(store.tally.value.open).toBe(0);
    expect(store.pictures.value).toHaveLength(40);
    expect(states()).toContain("cancelled");
  });

  test("gives thumbnails back only when removed pictures are let go", async () => {
    const [one, two] = store.add(newPictures(2));
    await settle();
    one!.thumbnail.value = "blob:one";
    two!.thumbnail.value = "blob:two";

    const first = store.remove([one!]);
    expect(revoked).toEqual([]);
    store.forget(first);
    expect(revoked).toEqual(["blob:one"]);
    store.forget(store.removeAll());

    expect(revoked).toEqual(["blob:one", "blob:two"]);
    expect(store.pictures.value).toEqual([]);
  });

  test("puts removed pictures back in their places, with their answers", async () => {
    const added = store.add(newPictures(5));
    await settle();

    const removal = store.remove([added[3]!, added[1]!]);
    expect(store.pictures.value).toEqual([added[0], added[2], added[4]]);
    store.restore(removal);
    await settle();

    expect(store.pictures.value).toEqual(added);
    expect(new Set(states())).toEqual(new Set(["answered"]));
    expect(questions).toHaveLength(5);
  });

  test("stops everything when all is cleared, and goes on when it is back", async () => {
    let askedAgain = 0;
    reply = never;
    store.add(newPictures(40));
    await vi.advanceTimersByTimeAsync(5);
    reply = ({ language }) => {
      askedAgain += 1;
      return { answer: answerIn(language) };
    };

    const removal = store.removeAll();
    await settle();
    expect(store.tally.value).toMatchObject({ all: 0, open: 0 });
    expect(removal).toHaveLength(40);
    expect(askedAgain).toBe(0);
    store.restore(removal);
    await settle();

    expect(store.tally.value).toMatchObject({ all: 40, answered: 40 });
  });

  test("asks a few again in the new language, keeping the old names meanwhile", async () => {
    const [picture] = store.add(newPictures(1));
    await settle();
    asking.value = { model: "", language: "fr", shrink: false };
    store.nameAnew();
    expect(store.outdated.value).toEqual([picture]);

    store.askAgainIfFew();
    expect(picture!.answer.value?.language).toBe("en");
    await settle();

    expect(picture!.answer.value?.language).toBe("fr");
    expect(store.outdated.value).toEqual([]);
  });

  test("names any number anew without asking, where the names are known", async () => {
    store.add(newPictures(ASK_AGAIN_UP_TO + 16));
    await settle();
    asking.value = { model: "", language: "zh", shrink: false };

    store.nameAnew();

    expect(store.outdated.value).toEqual([]);
    const languages = store.pictures.value.map(
      ({ answer }) => answer.value?.language,
    );
    expect(new Set(languages)).toEqual(new Set(["zh"]));
    expect(questions).toHaveLength(ASK_AGAIN_UP_TO + 16);
  });

  test("names what was asked in the language before, when it comes", async () => {
    let answerNow = (_: ClassifyResult) => {};
    reply = () => new Promise((resolve) => (answerNow = resolve));
    const [picture] = store.add(newPictures(1));
    await settle();
    asking.value = { model: "", language: "zh", shrink: false };
    answerNow({ answer: answerIn("en") });
    await settle();

    expect(picture!.answer.value?.language).toBe("zh");
  });

  test("leaves it to the person whether many are asked again", async () => {
    store.add(newPictures(ASK_AGAIN_UP_TO + 1));
    await settle();
    asking.value = { model: "other", language: "en", shrink: false };

    store.askAgainIfFew();
    await settle();

    expect(questions).toHaveLength(ASK_AGAIN_UP_TO + 1);
    expect(store.outdated.value).toHaveLength(ASK_AGAIN_UP_TO + 1);
  });

  test("sends the original unless shrinking is asked for", async () => {
    const [picture] = store.add(newPictures(1));
    await settle();
    expect(questions[0]!.picture).toBe(picture!.file);

    asking.value = { model: "", language: "en", shrink: true };
    store.retry([picture!]);
    await settle();

    expect(await questions[1]!.picture.text()).toBe("0-small");
    expect(picture!.sentAs.value).toEqual({
      width: 10,
      height: 5,
      how: "shrunk",
    });
  });

  test("sends a converted copy when asked to, and says so", async () => {
    reply = ({ language }) =>
      questions.length === 1
        ? { failure: { kind: "pictureUnsupported", message: "" } }
        : { answer: answerIn(language) };
    const [picture] = store.add(newPictures(1));
    await settle();
    expect(store.tally.value).toMatchObject({ convertible: 1, retryable: 0 });

    store.convert([picture!]);
    await settle();

    expect(await questions[1]!.picture.text()).toBe("0-jpeg");
    expect(picture!.sentAs.value).toMatchObject({ how: "converted" });
    expect(store.tally.value).toMatchObject({ answered: 1, convertible: 0 });
  });

  test("knows the bytes that were sent, whatever is chosen since", async () => {
    const [plain] = store.add(newPictures(1));
    await settle();
    asking.value = { model: "", language: "en", shrink: true };
    expect(await (await store.fileSent(plain!)).text()).toBe("0");
    const [shrunk] = store.add(newPictures(1));
    await settle();
    asking.value = { model: "", language: "en", shrink: false };
    expect(await (await store.fileSent(shrunk!)).text()).toBe("0-small");
    store.convert([plain!]);
    await settle();
    expect(await (await store.fileSent(plain!)).text()).toBe("0-jpeg");
  });

  test("says where the browser cannot draw a picture either", async () => {
    reply = () => ({ failure: { kind: "pictureUnsupported", message: "" } });
    const [, second] = store.add(newPictures(2));
    await settle();

    store.convert([second!]);
    await settle();

    expect(questions).toHaveLength(2);
    expect(second!.state.value).toMatchObject({
      name: "failed",
      failure: { kind: "pictureUndrawable" },
    });
    expect(store.tally.value).toMatchObject({ convertible: 1, retryable: 0 });
  });
});
