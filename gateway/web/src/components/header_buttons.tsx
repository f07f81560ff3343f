import type { JSX } from "preact";
import { chooseLanguage, language, t } from "../i18n/language";
import { theme, toggleTheme } from "../state/theme";
import { Icon } from "./icons";

export function LanguageButton(): JSX.Element {
  const other = language.value === "en" ? "zh" : "en";
  return (
    <button
      type="button"
      class="plain"
      lang={other === "zh" ? "zh-CN" : "en"}
      aria-label={t("page.languageLabel")}
      onClick={() => chooseLanguage(other)}
    >
      {t("page.language")}
    </button>
  );
}

export function ThemeButton(): JSX.Element {
  const isDark = theme.value === "dark";
  const label = t(isDark ? "page.toLight" : "page.toDark");
  return (
    <button
      type="button"
      class="plain icon-button"
      aria-label={label}
      title={label}
      onClick={toggleTheme}
    >
      <Icon name={isDark ? "sun" : "moon"} />
    </button>
  );
}
