import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { Answer, ClassifyResult, Question } from "../api/classify";
import { doubtsServer, passesByWaiting, type Failure } from "../api/failure";
import { MAX_ATTEMPTS, retryDelayMs } from "../queue/backoff";
import { WorkQueue, type Outcome } from "../queue/work_queue";
import {
  isOpen,
  makePicture,
  type NewPicture,
  type Picture,
  type PictureState,
  type Size,
} from "./picture";
import { tallyOf, type Tally } from "./tally";

export interface StoreEnvironment {
  classify(
    question: Question,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<ClassifyResult>;
  // Asks the server how it is; true: no use in sending pictures now.
  isDown(): Promise<boolean>;
  // The picture as it is to be sent, smaller than the original or the original.
  shrink(file: Blob): Promise<{ file: Blob; size: Size | null }>;
  // A JPEG of it, no larger than is useful; null where the browser cannot draw
  // it.
  convert(file: Blob): Promise<{ file: Blob; size: Size } | null>;
  // The answer in another language; null where only the server can tell.
  translate(answer: Answer, language: string): Answer | null;
  revoke(url: string): void;
  // Runs the callback before the next frame is drawn.
  nextFrame(callback: () => void): void;
}

export interface Asking {
  model: string;
  language: string;
  shrink: boolean;
}

// A browser opens six connections to a server; one carries the live figures.
export const IN_FLIGHT = 5;
// Cards that appear per frame.
const ARRIVALS_PER_FRAME = 12;
// From this many on, a person's next single picture should overtake them.
const BULK_FROM = 8;
// So few are asked again unbidden when the language or the model changes.
export const ASK_AGAIN_UP_TO = 24;

// Pictures taken off the page, with the places where they were.
export type Removal = readonly { picture: Picture; place: number }[];

// The pictures on the page, and the work of getting each one answered.
export class PictureStore {
  private readonly list = signal<readonly Picture[]>([]);
  // Counts changes of pictures' states, at most one per frame.
  private readonly revision = signal(0);
  private refreshDue = false;
  private arriving: Picture[] = [];
  private readonly attempts = new Map<number, number>();
  private readonly bulk = new Set<number>();
  private readonly converted = new Set<number>();
  private readonly queue = new WorkQueue<Picture>(IN_FLIGHT, (picture, abort) =>
    this.ask(picture, abort),
  );
  private lastId = 0;

  readonly pictures: ReadonlySignal<readonly Picture[]> = this.list;
  readonly tally: ReadonlySignal<Tally>;
  // Read it to be told, once per frame, that some picture has changed.
  readonly changes: ReadonlySignal<number> = this.revision;
  // Answered in another language or by another model than is asked for now.
  readonly outdated: ReadonlySignal<readonly Picture[]>;

  constructor(
    private readonly environment: StoreEnvironment,
    private readonly asking: ReadonlySignal<Asking>,
  ) {
    this.tally = computed(() => {
      this.revision.value;
      const tally = tallyOf(this.list.value);
      const arriving = this.arriving.length;
      return { ...tally, all: tally.all + arriving, open: tally.open + arriving };
    });
    this.outdated = computed(() => {
      this.revision.value;
      const now = this.asking.value;
      return this.list.value.filter((one) => isOutdated(one, now));
    });
  }

  add(newPictures: readonly NewPicture[]): Picture[] {
    const added = newPictures.map((one) => makePicture((this.lastId += 1), one));
    if (added.length >= BULK_FROM) {
      for (const { id } of added) this.bulk.add(id);
    }
    const idle = this.arriving.length === 0;
    this.arriving.push(...added);
    if (idle) this.admitArrivals();
    return added;
  }

  retry(pictures: readonly Picture[]): void {
    for (const picture of pictures) {
      this.attempts.delete(picture.id);
      if (!this.queue.has(picture)) {
        this.setState(picture, { name: "waiting" });
        this.queue.add(picture);
      }
    }
  }

  // Asks with a copy that the browser makes, in a format and size that the
  // server takes.
  convert(pictures: readonly Picture[]): void {
    for (const { id } of pictures) this.converted.add(id);
    this.retry(pictures);
  }

  // Names answers in the language asked for, as far as that is known here.
  nameAnew(): void {
    const { language } = this.asking.peek();
    for (const { answer } of this.list.peek()) {
      const now = answer.peek();
      if (!now || now.language === language) continue;
      answer.value = this.environment.translate(now, language) ?? now;
    }
    this.revision.value += 1;
  }

  // Asks again about pictures whose answers are outdated, if they are few.
  askAgainIfFew(): void {
    const outdated = this.outdated.peek();
    if (outdated.length <= ASK_AGAIN_UP_TO) this.retry(outdated);
  }

  // Takes pictures off the page. They come back with restore(), and are let go
  // for good with forget().
  remove(pictures: readonly Picture[]): Removal {
    const gone = new Set(pictures);
    this.queue.cancel(gone);
    const removal = this.list.value.flatMap((picture, place) =>
      gone.has(picture) ? [{ picture, place }] : [],
    );
    this.list.value = this.list.value.filter((one) => !gone.has(one));
    this.refresh();
    return removal;
  }

  removeAll(): Removal {
    this.admitAll();
    return this.remove(this.list.value);
  }

  // Puts pictures back where they were; those without an answer go on.
  restore(removal: Removal): void {
    const list = [...this.list.value];
    for (const { picture, place } of removal) {
      list.splice(Math.min(place, list.length), 0, picture);
    }
    this.list.value = list;
    this.refresh();
    this.retry(
      removal
        .map(({ picture }) => picture)
        .filter(({ state }) => isOpen(state.peek())),
    );
  }

  forget(removal: Removal): void {
    for (const { picture } of removal) {
      const url = picture.thumbnail.peek();
      if (url) this.environment.revoke(url);
      picture.thumbnail.value = "";
      this.attempts.delete(picture.id);
      this.bulk.delete(picture.id);
      this.converted.delete(picture.id);
    }
  }

  // Stops what is under way. What already has an answer keeps it.
  cancelOpen(): void {
    this.admitAll();
    this.queue.cancelAll();
    for (const picture of this.list.value) {
      if (!isOpen(picture.state.peek())) continue;
      const answered = picture.answer.peek() !== null;
      this.setState(picture, { name: answered ? "answered" : "cancelled" });
    }
  }

  pause(): void {
    this.queue.pause();
  }

  resume(): void {
    this.queue.hurry();
    this.queue.resume();
  }

  private admitAll(): void {
    const arrived = this.arriving;
    this.arriving = [];
    this.list.value = [...this.list.value, ...arrived];
  }

  private admitArrivals(): void {
    const admitted = this.arriving.splice(0, ARRIVALS_PER_FRAME);
    if (admitted.length === 0) return;
    this.list.value = [...this.list.value, ...admitted];
    for (const picture of admitted) this.queue.add(picture);
    this.refresh();
    if (this.arriving.length > 0) {
      this.environment.nextFrame(() => this.admitArrivals());
    }
  }

  private async ask(picture: Picture, abort: AbortSignal): Promise<Outcome> {
    this.setState(picture, { name: "sending", share: 0 });
    const { model, language } = this.asking.peek();
    const file = await this.fileToSend(picture);
    if (abort.aborted) return { end: "done" };
    if (!file) {
      this.converted.delete(picture.id);
      const failure: Failure = { kind: "pictureUndrawable", message: "" };
      this.setState(picture, { name: "failed", failure });
      return { end: "done" };
    }
    const result = await this.environment.classify(
      {
        picture: file,
        model,
        language,
        priority: this.bulk.has(picture.id) ? "bulk" : "interactive",
      },
      abort,
      (share) => {
        if (!abort.aborted) picture.state.value = { name: "sending", share };
      },
    );
    if (abort.aborted) return { end: "done" };
    if (result.failure) return this.afterFailure(picture, result.failure, abort);
    this.attempts.delete(picture.id);
    // The language may have changed since it was asked.
    const wanted = this.asking.peek().language;
    picture.answer.value =
      this.environment.translate(result.answer, wanted) ?? result.answer;
    this.setState(picture, { name: "answered" });
    return { end: "done" };
  }

  // The bytes that the picture's answer is about.
  async fileSent({ file, sentAs }: Picture): Promise<Blob> {
    switch (sentAs.peek()?.how) {
      case "converted":
        return (await this.environment.convert(file))?.file ?? file;
      case "shrunk":
        return (await this.environment.shrink(file)).file;
      default:
        return file;
    }
  }

  // null where the browser cannot draw what is to be converted.
  private async fileToSend(picture: Picture): Promise<Blob | null> {
    if (this.converted.has(picture.id)) {
      const copy = await this.environment.convert(picture.file);
      picture.sentAs.value = copy && { ...copy.size, how: "converted" };
      return copy && copy.file;
    }
    if (!this.asking.peek().shrink) {
      picture.sentAs.value = null;
      return picture.file;
    }
    const { file, size } = await this.environment.shrink(picture.file);
    picture.sentAs.value = size && { ...size, how: "shrunk" };
    return file;
  }

  private async afterFailure(
    picture: Picture,
    failure: Failure,
    abort: AbortSignal,
  ): Promise<Outcome> {
    if (doubtsServer(failure.kind) && (await this.environment.isDown())) {
      if (abort.aborted) return { end: "done" };
      this.setState(picture, { name: "waiting" });
      return { end: "blocked" };
    }
    if (abort.aborted) return { end: "done" };
    const attempts = (this.attempts.get(picture.id) ?? 0) + 1;
    this.attempts.set(picture.id, attempts);
    if (!passesByWaiting(failure.kind) || attempts >= MAX_ATTEMPTS) {
      this.attempts.delete(picture.id);
      this.setState(picture, { name: "failed", failure });
      return { end: "done" };
    }
    const delayMs = retryDelayMs(attempts, failure.retryAfterMs);
    this.setState(picture, { name: "retrying", failure, delayMs });
    return { end: "later", delayMs };
  }

  private setState(picture: Picture, state: PictureState): void {
    picture.state.value = state;
    this.refresh();
  }

  // Has readers of `changes` told before the next frame.
  refresh(): void {
    if (this.refreshDue) return;
    this.refreshDue = true;
    this.environment.nextFrame(() => {
      this.refreshDue = false;
      this.revision.value += 1;
    });
  }
}

function isOutdated(picture: Picture, asking: Asking): boolean {
  const answer = picture.answer.peek();
  if (!answer || picture.state.peek().name !== "answered") return false;
  return (
    answer.language !== asking.language ||
    (asking.model !== "" && answer.model !== asking.model)
  );
}
