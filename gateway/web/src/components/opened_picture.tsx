import type { JSX } from "preact";
import { formatCount, t } from "../i18n/language";
import type { Picture } from "../pictures/picture";
import { neighbourOf, opened, removePicture, shown } from "../state/pictures";
import { Dialog } from "./dialog";
import { cardOf, keepFocus } from "./focus";
import { Icon } from "./icons";
import { Specimen } from "./specimen";

// The details of a card above the grid, with the way to those beside it.
export function OpenedPicture(): JSX.Element | null {
  const picture = opened.value;
  if (!picture) return null;
  const close = () => {
    opened.value = null;
    returnTo(picture);
  };
  const remove = () => {
    const after = neighbourOf(picture, 1) ?? neighbourOf(picture, -1);
    removePicture(picture);
    if (after) returnTo(after);
    else keepFocus();
  };
  const goBy = (event: KeyboardEvent) => {
    const distance = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (distance && !event.altKey) go(picture, distance);
  };
  return (
    <Dialog
      title={picture.name}
      class="specimen-dialog"
      onClose={close}
      onKeyDown={goBy}
    >
      <Specimen key={picture.id} picture={picture} onRemove={remove} />
      <Neighbours picture={picture} />
    </Dialog>
  );
}

function Neighbours({ picture }: { picture: Picture }): JSX.Element | null {
  const place = shown.value.indexOf(picture);
  if (place < 0 || shown.value.length < 2) return null;
  return (
    <nav class="neighbours" aria-label={t("picture.neighbours")}>
      <Neighbour picture={picture} distance={-1} />
      <span class="quiet">
        {t("picture.place", {
          place: formatCount(place + 1),
          all: formatCount(shown.value.length),
        })}
      </span>
      <Neighbour picture={picture} distance={1} />
    </nav>
  );
}

interface NeighbourProperties {
  picture: Picture;
  distance: -1 | 1;
}

function Neighbour({ picture, distance }: NeighbourProperties): JSX.Element {
  const label = t(distance < 0 ? "picture.previous" : "picture.next");
  return (
    <button
      type="button"
      class="plain icon-button"
      // Stays in the way of the keyboard at either end.
      aria-disabled={neighbourOf(picture, distance) === null}
      aria-label={label}
      title={label}
      onClick={() => go(picture, distance)}
    >
      <Icon name={distance < 0 ? "previous" : "next"} />
    </button>
  );
}

function go(picture: Picture, distance: number): void {
  const neighbour = neighbourOf(picture, distance);
  if (neighbour) opened.value = neighbour;
}

// The dialog gives the focus back to where it came from; the keyboard goes on
// from the picture seen last.
function returnTo(picture: Picture): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(cardOf(picture.id))?.focus();
    keepFocus();
  });
}
