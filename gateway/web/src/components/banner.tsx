import type { JSX } from "preact";
import { t } from "../i18n/language";
import { watch } from "../state/server";
import { Icon } from "./icons";

// Says that the server is away. It goes when the server is back.
export function Banner(): JSX.Element {
  const link = watch.link.value;
  return (
    <div role="alert">
      {link !== "live" && link !== "connecting" && (
        <p class="banner">
          <Icon name="alert" />
          {t(`banner.${link}`)}
        </p>
      )}
    </div>
  );
}
