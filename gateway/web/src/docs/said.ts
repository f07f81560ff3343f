import { language } from "../i18n/language";
import { DOCS_ZH } from "./zh";

// A text of the API's description in the page's language; in English where it
// has not been translated.
export function said(text: string): string {
  return language.value === "zh" ? (DOCS_ZH[text] ?? text) : text;
}
