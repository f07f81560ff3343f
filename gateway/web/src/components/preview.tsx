import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { ModelInput } from "../api/models";
import { formatPercent, formatShare, t } from "../i18n/language";
import { cropOf } from "../pictures/crop";
import type { Picture, Size } from "../pictures/picture";
import { forgetHeat, heat, measureHeat, type Heat } from "../state/heat";
import { drawPreview } from "../state/pictures";
import { models } from "../state/server";
import { Thumbnail } from "./thumbnail";

const showsCrop = signal(false);

// How the model that answered reads pictures, if it has answered and tells.
function inputOf(picture: Picture): ModelInput | null {
  const name = picture.answer.value?.model;
  return models.value.find((model) => model.name === name)?.input ?? null;
}

export function Preview({ picture }: { picture: Picture }): JSX.Element {
  const url = usePreview(picture);
  const [size, setSize] = useState<Size | null>(null);
  if (!url) return <Thumbnail picture={picture} />;
  const hot = heat.value?.picture === picture ? heat.value : null;
  const input = (showsCrop.value || hot) && inputOf(picture);
  return (
    <span class="preview">
      <img
        src={url}
        alt={picture.name}
        draggable={false}
        onLoad={({ currentTarget }) =>
          setSize({
            width: currentTarget.naturalWidth,
            height: currentTarget.naturalHeight,
          })
        }
      />
      {input && size && (
        <Crop share={cropOf(size, input)} losses={hot?.losses ?? null} />
      )}
    </span>
  );
}

interface CropProperties {
  share: Size;
  losses: readonly number[] | null;
}

// Darkens what the model did not see, and shows what mattered of the rest.
function Crop({ share, losses }: CropProperties): JSX.Element {
  return (
    <span
      class="crop"
      data-heat={losses !== null}
      aria-hidden="true"
      style={{
        width: `${share.width * 100}%`,
        height: `${share.height * 100}%`,
      }}
    >
      {losses?.map((loss, cell) => (
        <span key={cell} class="heat-cell" style={{ opacity: 0.85 * loss }} />
      ))}
    </span>
  );
}

// Covers one part after the other and asks again: tells what the first name
// hung on.
export function HeatButton({ picture }: { picture: Picture }): JSX.Element | null {
  const input = inputOf(picture);
  useEffect(() => forgetHeat, [picture, picture.answer.value]);
  if (!input || picture.thumbnail.value === "") return null;
  const isOn = heat.value?.picture === picture;
  return (
    <button
      type="button"
      class="small"
      aria-pressed={isOn}
      onClick={() =>
        isOn ? forgetHeat() : void measureHeat(picture, input)
      }
    >
      {t("heat.show")}
    </button>
  );
}

export function HeatNote({ picture }: { picture: Picture }): JSX.Element {
  const hot = heat.value;
  return (
    <p class="quiet heat-note" role="status">
      {hot?.picture === picture && heatText(hot)}
    </p>
  );
}

function heatText({ named, asked, uncovered, losses, failed }: Heat): string {
  if (failed) return t("heat.failed");
  if (!losses) return t("heat.working", { count: asked });
  return t("heat.text", {
    label: named.label,
    share: formatShare(uncovered),
    highest: formatPercent(Math.max(...losses), 0),
    count: asked,
  });
}

export function CropButton({ picture }: { picture: Picture }): JSX.Element | null {
  if (!inputOf(picture)) return null;
  return (
    <button
      type="button"
      class="small"
      aria-pressed={showsCrop.value}
      onClick={() => (showsCrop.value = !showsCrop.value)}
    >
      {t("picture.crop")}
    </button>
  );
}

function usePreview(picture: Picture): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    let made: string | null = null;
    void drawPreview(picture).then((address) => {
      made = address;
      if (gone && made) URL.revokeObjectURL(made);
      else setUrl(made);
    });
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [picture]);
  return url;
}
