import { batch, computed, signal } from "@preact/signals";
import { classify } from "../api/classify";
import { uploadByXhr } from "../api/upload";
import { fetchPicture } from "../intake/addresses";
import { takeDropped } from "../intake/dropped";
import { takeSample, type Sample } from "../intake/samples";
import { sortFiles, type FoundFile } from "../intake/sorting";
import { formatShare, language, locale, t, tCount } from "../i18n/language";
import {
  AS_ADDED,
  groupPictures,
  sortPictures,
  type PictureGroup,
} from "../pictures/arrangement";
import { frequentNames, matches, NO_FILTER } from "../pictures/filter";
import type { NewPicture, Picture } from "../pictures/picture";
import { PictureStore, type Removal } from "../pictures/picture_store";
import { drawOffPage } from "../thumbnails/draw_off_page";
import { DrawingOffice } from "../thumbnails/drawing_office";
import { convert, shrink } from "../thumbnails/shrink";
import { labelTable } from "./labels";
import {
  announcement,
  notify,
  notifyAddressOnly,
  notifyLeftOut,
} from "./notices";
import { shrinkBeforeSending } from "./preferences";
import { chosenModel, defaultModel, isDown, watch } from "./server";
import { offerUndo } from "./undo";

const THUMBNAIL_SIDE = 480;
const THUMBNAIL_QUALITY = 0.8;
const FREQUENT_NAMES = 8;
// From this many on, each answer is not announced by itself.
const MANY = 4;

const draw = drawOffPage();
const thumbnails = new DrawingOffice(2, draw);

const asking = computed(() => ({
  model: chosenModel.value || defaultModel.value,
  language: language.value,
  shrink: shrinkBeforeSending.value,
}));

export const store = new PictureStore(
  {
    classify: (question, abort, onProgress) =>
      classify(uploadByXhr, question, abort, onProgress),
    isDown: async () => {
      await watch.check();
      return isDown.value;
    },
    shrink: (file) => shrink(draw, file),
    translate: (answer, language) =>
      labelTable.peek()?.translate(answer, language) ?? null,
    convert: (file) => convert(draw, file),
    revoke: (url) => URL.revokeObjectURL(url),
    // A hidden page draws no frames, and its queue goes on.
    nextFrame: (callback) => {
      if (document.hidden) setTimeout(callback, 50);
      else requestAnimationFrame(() => callback());
    },
  },
  asking,
);

export const filter = signal(NO_FILTER);
export const arrangement = signal(AS_ADDED);

const compareText = computed(
  () => new Intl.Collator(locale.value, { numeric: true }).compare,
);

let lastGroups: readonly PictureGroup[] = [];
export const groups = computed(() => {
  store.changes.value;
  const table = labelTable.value;
  const { sorting, grouping } = arrangement.value;
  const matching = store.pictures.value.filter((one) =>
    matches(one, filter.value, (named) => table?.group(named) ?? null),
  );
  const now = groupPictures(
    sortPictures(matching, sorting, compareText.value),
    grouping,
    (named) => table?.groupName(named, language.value) ?? null,
  );
  // The same groups for the same pictures, so that the grid is drawn again only
  // when it changes.
  if (!sameGroups(now, lastGroups)) lastGroups = now;
  return lastGroups;
});
// What is shown, in the order in which it is shown.
export const shown = computed(() =>
  groups.value.flatMap(({ pictures }) => pictures),
);
export const names = computed(() => {
  store.changes.value;
  return frequentNames(store.pictures.value, FREQUENT_NAMES);
});

// The picture whose details are open above the grid.
export const opened = signal<Picture | null>(null);

// The picture that is shown so many places further on, if there is one.
export function neighbourOf(picture: Picture, distance: number): Picture | null {
  const place = shown.value.indexOf(picture);
  return place < 0 ? null : (shown.value[place + distance] ?? null);
}

export function removePicture(picture: Picture): void {
  const { name } = picture;
  takeAway(
    () => store.remove([picture]),
    () => t("undo.removed", { name }),
  );
}

export function clearPictures(): void {
  const { all } = store.tally.peek();
  takeAway(
    () => store.removeAll(),
    () => tCount("undo.cleared", all),
  );
}

function takeAway(remove: () => Removal, text: () => string): void {
  const before = filter.peek();
  batch(() => {
    const removal = remove();
    const isEmpty = store.pictures.value.length === 0;
    if (isEmpty) filter.value = NO_FILTER;
    if (removal.some(({ picture }) => picture === opened.value)) {
      opened.value = null;
    }
    offerUndo({
      text,
      undo: () =>
        batch(() => {
          if (isEmpty) filter.value = before;
          store.restore(removal);
        }),
      settle: () => store.forget(removal),
    });
  });
}

export function addPictures(pictures: readonly NewPicture[]): void {
  if (pictures.length > 0) store.add(pictures);
}

export function addFiles(files: Iterable<FoundFile>): void {
  const { pictures, leftOut } = sortFiles(files);
  if (pictures.length === 0 && leftOut.length === 0) {
    notify(() => t("notice.nothingInside"));
  }
  addPictures(pictures);
  notifyLeftOut(leftOut);
}

export async function addDropped(
  transfer: DataTransfer,
  onNothing?: () => void,
): Promise<void> {
  const dropped = await takeDropped(transfer)();
  if (dropped.kind === "files") addFiles(dropped.files);
  else if (dropped.kind === "address") {
    const picture = await fetchPicture(dropped.address);
    if (picture) addFiles([picture]);
    else notifyAddressOnly();
  } else onNothing?.();
}

export async function addSample(sample: Sample): Promise<void> {
  const picture = await takeSample(sample);
  if (picture) addPictures([picture]);
  else notify(() => t("notice.sampleFailed"));
}

export async function drawThumbnail(
  picture: Picture,
  isWanted: () => boolean,
): Promise<void> {
  if (picture.thumbnail.peek() !== null) return;
  let passedOver = false;
  const drawn = await thumbnails.order(
    {
      file: picture.file,
      longerSide: THUMBNAIL_SIDE,
      quality: THUMBNAIL_QUALITY,
    },
    () => {
      const wanted = isWanted() && picture.thumbnail.peek() === null;
      passedOver = !wanted;
      return wanted;
    },
  );
  if (passedOver || picture.thumbnail.peek() !== null) return;
  picture.thumbnail.value = drawn ? URL.createObjectURL(drawn.blob) : "";
}

// A larger copy, for the details. The caller revokes its address.
export async function drawPreview(picture: Picture): Promise<string | null> {
  const drawn = await thumbnails.order({
    file: picture.file,
    longerSide: 1200,
    quality: 0.88,
  });
  return drawn && URL.createObjectURL(drawn.blob);
}

export function initPictures(): void {
  isDown.subscribe((down) => (down ? store.pause() : store.resume()));
  const catchUp = () => {
    store.nameAnew();
    store.askAgainIfFew();
  };
  asking.subscribe(catchUp);
  labelTable.subscribe(catchUp);
  announceProgress();
  announceFilter();
  addEventListener("beforeunload", (event) => {
    if (store.tally.peek().open > 0) event.preventDefault();
  });
}

function announceFilter(): void {
  let before = filter.peek();
  filter.subscribe((now) => {
    if (now === before) return;
    before = now;
    announcement.value = tCount("announce.filtered", shown.peek().length);
  });
}

function announceProgress(): void {
  let openBefore = 0;
  store.changes.subscribe(() => {
    const { all, open, failed } = store.tally.peek();
    if (openBefore > 0 && open === 0 && all > 0) {
      announcement.value =
        all < MANY
          ? store.pictures.peek().map(spoken).join(" ")
          : tCount("announce.allDone", all, { failed });
    }
    openBefore = open;
  });
}

function sameGroups(
  a: readonly PictureGroup[],
  b: readonly PictureGroup[],
): boolean {
  return (
    a.length === b.length &&
    a.every(({ title, pictures }, i) => {
      const other = b[i];
      return other?.title === title && sameElements(pictures, other.pictures);
    })
  );
}

function sameElements<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

function spoken(picture: Picture): string {
  const state = picture.state.peek();
  if (state.name === "failed") {
    return `${picture.name}: ${t(`failure.${state.failure.kind}`)}`;
  }
  const best = picture.answer.peek()?.classes[0];
  if (!best) return "";
  return t("announce.answer", {
    name: picture.name,
    label: best.label,
    percent: formatShare(best.probability),
  });
}
