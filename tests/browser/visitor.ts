// A person with a browser: opens the page, sees what it shows, and notices what
// goes wrong in the background.
import axe from "axe-core";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  chromium,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from "playwright-core";
import { expect } from "vitest";
import { en, type MessageKey } from "../../gateway/web/src/i18n/en";
import { fill, type Values } from "../../gateway/web/src/i18n/language";
import { zh } from "../../gateway/web/src/i18n/zh";
import type { PictureFile } from "./pictures";
import { REPOSITORY } from "./stack";

export const SCREENSHOTS =
  process.env.WANWU_SCREENSHOTS_DIR ?? join(REPOSITORY, "build/browser");

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface Look {
  language: "en" | "zh";
  scheme: "light" | "dark";
}

// Each language and each colour scheme once.
export const TWO_LOOKS: Look[] = [
  { language: "en", scheme: "light" },
  { language: "zh", scheme: "dark" },
];

export const LOOKS: Look[] = [
  { language: "en", scheme: "light" },
  { language: "en", scheme: "dark" },
  { language: "zh", scheme: "light" },
  { language: "zh", scheme: "dark" },
];

// The two looks, one wide and one on a phone.
export const TWO_SCREENS = [
  { ...TWO_LOOKS[0]!, name: "wide", viewport: WIDE, touch: false },
  { ...TWO_LOOKS[1]!, name: "phone", viewport: PHONE, touch: true },
];

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ],
  });
}

interface VisitorOptions extends Partial<Look> {
  viewport?: { width: number; height: number };
  touch?: boolean;
  camera?: boolean;
}

export class Visitor {
  readonly complaints: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly look: Look,
  ) {}

  static async arrive(
    browser: Browser,
    url: string,
    options: VisitorOptions = {},
  ): Promise<Visitor> {
    const look: Look = {
      language: options.language ?? "en",
      scheme: options.scheme ?? "light",
    };
    const context = await browser.newContext({
      baseURL: url,
      locale: look.language === "zh" ? "zh-CN" : "en-GB",
      colorScheme: look.scheme,
      viewport: options.viewport ?? WIDE,
      hasTouch: options.touch ?? false,
      isMobile: options.touch ?? false,
      permissions: options.camera ? ["camera"] : [],
      acceptDownloads: true,
    });
    const page = await context.newPage();
    const visitor = new Visitor(context, page, look);
    visitor.listen();
    return visitor;
  }

  async open(path = "/"): Promise<void> {
    await this.page.goto(path);
    await this.page.locator("main").waitFor();
  }

  // `allowed`: complaints that the journey is about.
  async leave(allowed?: RegExp): Promise<void> {
    await this.context.close();
    const serious = this.complaints.filter((one) => !allowed?.test(one));
    expect(serious, "errors in the browser's console").toEqual([]);
  }

  // What the page says for the key, in the visitor's language.
  says(key: MessageKey, values?: Values): string {
    return fill((this.look.language === "zh" ? zh : en)[key], values);
  }

  button(key: MessageKey, values?: Values): Locator {
    const name = this.says(key, values);
    return this.page.getByRole("button", { name, exact: true });
  }

  async nextFrame(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(resolve)),
    );
  }

  // Counts and lists follow the pictures' own answers by a frame.
  async listsToFollow(): Promise<void> {
    await this.nextFrame();
    await this.nextFrame();
  }

  // A frame each turn: `down` turns down, the others up.
  async wheel(turns: number, down: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) {
      await this.page.mouse.wheel(0, turn < down ? 900 : -1500);
      await this.nextFrame();
    }
  }

  // What can be done with all pictures, which a phone folds.
  async showTools(): Promise<void> {
    const folded = this.page.locator('.tools-button[aria-expanded="false"]');
    if (await folded.isVisible()) await folded.click();
  }

  cards(state: string): Locator {
    return this.page.locator(`.card[data-state="${state}"]`);
  }

  async choose(files: string[] | PictureFile[]): Promise<void> {
    await this.page.locator("input[type=file][multiple]").first().setInputFiles(files);
  }

  async clickSample(file: string): Promise<void> {
    await this.page.locator(`[data-sample="${file}"]`).click();
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    const { language, scheme } = this.look;
    await this.page.screenshot({
      path: join(SCREENSHOTS, `${name}-${language}-${scheme}.png`),
      animations: "disabled",
    });
  }

  async expectNothingSticksOut(): Promise<void> {
    const excess = await this.page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    expect(excess, "pixels that stick out at the side").toBeLessThanOrEqual(0);
    // A card cuts off what does not fit into it.
    const cut = await this.page.locator(".card").evaluateAll((cards) =>
      cards
        .filter((card) => card.scrollWidth > card.clientWidth)
        .map((card) => card.textContent),
    );
    expect(cut, "cards whose text is cut off").toEqual([]);
  }

  // Fails where axe finds anything.
  async expectAccessible(): Promise<void> {
    // Injected by the driver, so the page's own policy does not forbid it.
    await this.page.evaluate(axe.source);
    const violations = await this.page.evaluate(async () => {
      const runner = (window as unknown as { axe: typeof axe }).axe;
      const { violations } = await runner.run(document);
      return violations.map(({ id, impact, nodes }) => ({
        id,
        impact,
        nodes: nodes.map(({ target, failureSummary }) => [
          target.join(" "),
          failureSummary,
        ]),
      }));
    });
    expect(violations, "accessibility").toEqual([]);
  }

  private listen(): void {
    this.page.on("pageerror", (error) =>
      this.complaints.push(`page error: ${error.message}`),
    );
    this.page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        const { url } = message.location();
        this.complaints.push(`console: ${message.text()} (${url})`);
      }
    });
    this.page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      const own = hostname === "127.0.0.1" || /^(blob|data):$/.test(protocol);
      if (!own) this.complaints.push(`third party: ${request.url()}`);
    });
  }
}
