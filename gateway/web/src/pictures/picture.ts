import { signal, type Signal } from "@preact/signals";
import type { Answer, ClassifyResult } from "../api/classify";
import type { Failure } from "../api/failure";

export type PictureState =
  | { name: "waiting" }
  // share: how much of the picture has left, 0 … 1.
  | { name: "sending"; share: number }
  | { name: "retrying"; failure: Failure; delayMs: number }
  | { name: "answered" }
  | { name: "failed"; failure: Failure }
  | { name: "cancelled" };

export interface Size {
  width: number;
  height: number;
}

export interface SentAs extends Size {
  // converted: because the server would not take the original.
  how: "shrunk" | "converted";
}

// One picture on the page and what has become of it.
export interface Picture {
  readonly id: number;
  readonly name: string;
  readonly file: Blob;
  readonly state: Signal<PictureState>;
  // Kept while the picture is asked about again.
  readonly answer: Signal<Answer | null>;
  // What the model that is compared with says; null until it has.
  readonly other: Signal<ClassifyResult | null>;
  // Address of a small copy; null until there is one, "" if the browser cannot
  // draw the picture.
  readonly thumbnail: Signal<string | null>;
  // What it was made before sending, if it was not sent as it is.
  readonly sentAs: Signal<SentAs | null>;
}

export interface NewPicture {
  name: string;
  file: Blob;
}

export function makePicture(id: number, { name, file }: NewPicture): Picture {
  return {
    id,
    name,
    file,
    state: signal<PictureState>({ name: "waiting" }),
    answer: signal<Answer | null>(null),
    other: signal<ClassifyResult | null>(null),
    thumbnail: signal<string | null>(null),
    sentAs: signal<SentAs | null>(null),
  };
}

export function isOpen(state: PictureState): boolean {
  return (
    state.name === "waiting" ||
    state.name === "sending" ||
    state.name === "retrying"
  );
}
