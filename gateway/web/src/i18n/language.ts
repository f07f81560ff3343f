import { computed, signal } from "@preact/signals";
import { remember, remembered } from "../remembered";
import { en, type Catalogue, type MessageKey } from "./en";
import { zh } from "./zh";

export type Language = "en" | "zh";
export type Values = Record<string, string | number>;

const CATALOGUES: Record<Language, Catalogue> = { en, zh };
const LOCALES: Record<Language, string> = { en: "en", zh: "zh-CN" };

export function preferredLanguage(
  choice: string | null,
  browserLanguages: readonly string[],
): Language {
  if (choice === "en" || choice === "zh") return choice;
  const first = browserLanguages.find((tag) => /^(en|zh)\b/i.test(tag));
  return first?.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const language = signal<Language>("en");
export const locale = computed(() => LOCALES[language.value]);

export function initLanguage(): void {
  language.value = preferredLanguage(
    remembered("language"),
    navigator.languages,
  );
  language.subscribe((value) => {
    document.documentElement.lang = LOCALES[value];
  });
}

export function chooseLanguage(value: Language): void {
  language.value = value;
  remember("language", value);
}

export function fill(message: string, values: Values = {}): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

// The message in the page's language. Reading it in a component subscribes the
// component to the language.
export function t(key: MessageKey, values?: Values): string {
  return fill(CATALOGUES[language.value][key], values);
}

type CountedKey = {
  [K in MessageKey]: K extends `${infer Stem}.one` ? Stem : never;
}[MessageKey];

// The message for a number of things; {count} is filled in.
export function tCount(
  stem: CountedKey,
  count: number,
  values?: Values,
): string {
  const form = count === 1 ? "one" : "other";
  return t(`${stem}.${form}`, { count: formatCount(count), ...values });
}

// Sentences one after the other, as the language sets them.
export function sentences(...texts: string[]): string {
  return texts.filter(Boolean).join(language.value === "zh" ? "" : " ");
}

export function listed(texts: readonly string[]): string {
  return texts.join(language.value === "zh" ? "、" : ", ");
}

// Making a formatter costs more than using it a hundred times.
const formatters = new Map<string, Intl.NumberFormat>();

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale.value + JSON.stringify(options);
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.NumberFormat(locale.value, options);
    formatters.set(key, found);
  }
  return found;
}

export function formatCount(count: number): string {
  return formatter({}).format(count);
}

export function formatPercent(share: number, digits = 1): string {
  return formatter({
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share);
}

// A probability, of which the ends are never rounded away.
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return `<${formatPercent(0.001)}`;
  if (share < 1 && share > 0.999) return `>${formatPercent(0.999)}`;
  return formatPercent(share);
}

export function formatNumber(value: number, digits: number): string {
  return formatter({
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

// Three significant digits at most, so that a column of figures stays calm.
export function formatMs(ms: number): string {
  const digits = ms < 1 ? 2 : ms < 100 ? 1 : 0;
  return `${formatNumber(ms, digits)} ms`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${formatNumber(bytes / 1000, 0)} kB`;
  return `${formatNumber(bytes / 1_000_000, 1)} MB`;
}

export function formatUptime(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  // Chinese has its space between a number and its unit everywhere or nowhere;
  // ICU sets it for some units only.
  const units = (value: number, unit: "day" | "hour" | "minute") =>
    formatter({ style: "unit", unit, unitDisplay: "short" })
      .format(value)
      .replace(/(\d)\s*(?=\p{Script=Han})/u, "$1 ");
  if (days > 0) return `${units(days, "day")} ${units(hours % 24, "hour")}`;
  if (hours > 0) {
    return `${units(hours, "hour")} ${units(minutes % 60, "minute")}`;
  }
  return units(minutes, "minute");
}
