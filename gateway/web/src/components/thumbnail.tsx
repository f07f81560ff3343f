import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../i18n/language";
import type { Picture } from "../pictures/picture";
import { drawThumbnail } from "../state/pictures";
import { useSight } from "./use_sight";

export function Thumbnail({ picture }: { picture: Picture }): JSX.Element {
  const inSight = useRef(false);
  const ref = useSight<HTMLSpanElement>((now) => {
    inSight.current = now;
    if (now) void drawThumbnail(picture, () => inSight.current);
  });
  const url = picture.thumbnail.value;
  return (
    <span ref={ref} class="thumbnail">
      {url && <img src={url} alt="" draggable={false} decoding="async" />}
      {url === "" && <span class="quiet">{t("picture.noPreview")}</span>}
    </span>
  );
}
