import type { JSX } from "preact";
import type { Failure } from "../api/failure";
import { limitOf, type Limit } from "../api/limits";
import { formatBytes, formatCount, formatNumber, t } from "../i18n/language";
import type { Picture } from "../pictures/picture";
import { remedyOf } from "../pictures/tally";
import { store } from "../state/pictures";
import { Icon } from "./icons";

interface NoteProperties {
  picture: Picture;
  failure: Failure;
}

// Why a picture got no answer, and what can be done about it.
export function FailureNote({ picture, failure }: NoteProperties): JSX.Element {
  const { kind, message } = failure;
  // Told anew once the browser has tried to draw the picture.
  picture.thumbnail.value;
  const convertible = remedyOf(picture) === "convert";
  return (
    <div class="failure">
      <p class="failure-title">
        <Icon name="alert" />
        {t(`failure.${kind}`)}
      </p>
      <LimitLine picture={picture} failure={failure} />
      <p class="failure-advice">
        {t(convertible ? "advice.convert" : `advice.${kind}`)}
      </p>
      {message && (
        <p class="quiet failure-message">
          <ServerSays message={message} />
        </p>
      )}
    </div>
  );
}

// In the server's own words, which are English: what an operator searches for.
function ServerSays({ message }: { message: string }): JSX.Element {
  const [before = "", after = ""] = t("failure.serverSays").split("{message}");
  return (
    <>
      {before}
      <span lang="en">{message}</span>
      {after}
    </>
  );
}

function LimitLine({ picture, failure }: NoteProperties): JSX.Element | null {
  const limit = limitOf(failure);
  if (!limit && !failure.limit) return null;
  return (
    <p class="quiet">
      {limit
        ? limitText(limit, picture.file.size)
        : t("failure.limit", { limit: failure.limit ?? "" })}
    </p>
  );
}

function limitText({ unit, limit, value }: Limit, bytes: number): string {
  const format = FORMATS[unit];
  const have = unit === "bytes" ? bytes : value;
  return t(`limit.${unit}`, {
    limit: format(limit),
    value: have === null ? "?" : format(have),
  });
}

const megapixels = (pixels: number) =>
  formatNumber(pixels / 1e6, pixels < 100e6 ? 1 : 0);

const FORMATS: Record<Limit["unit"], (value: number) => string> = {
  bytes: formatBytes,
  memory: formatBytes,
  pixels: megapixels,
  scanPixels: megapixels,
  side: formatCount,
  scans: formatCount,
  ratio: formatCount,
};

interface RemedyProperties {
  picture: Picture;
  tabIndex?: number;
}

// Offered where it can change something.
export function RemedyButton(props: RemedyProperties): JSX.Element | null {
  const { picture, tabIndex } = props;
  const { name } = picture.state.value;
  picture.thumbnail.value;
  const remedy = name === "cancelled" ? "retry" : remedyOf(picture);
  if (remedy === "none") return null;
  const pictures = [picture];
  return (
    <button
      type="button"
      class="small"
      tabIndex={tabIndex}
      onClick={() =>
        remedy === "convert" ? store.convert(pictures) : store.retry(pictures)
      }
    >
      <Icon name="again" />
      {t(`picture.${remedy}`)}
    </button>
  );
}
