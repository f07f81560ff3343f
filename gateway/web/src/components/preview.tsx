import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { ModelInput } from "../api/models";
import { t } from "../i18n/language";
import { cropOf } from "../pictures/crop";
import type { Picture, Size } from "../pictures/picture";
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
  const input = showsCrop.value && inputOf(picture);
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
      {input && size && <Crop share={cropOf(size, input)} />}
    </span>
  );
}

// Darkens what the model did not see.
function Crop({ share }: { share: Size }): JSX.Element {
  return (
    <span
      class="crop"
      aria-hidden="true"
      style={{
        width: `${share.width * 100}%`,
        height: `${share.height * 100}%`,
      }}
    />
  );
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
