// Another browser: what the page stands on works there, too. Firefox is spoken
// to by WebDriver BiDi.
import { existsSync } from "node:fs";
import { firefox, type Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MockGateway } from "./mock_gateway";
import { makeBitmap, makePictures } from "./pictures";
import { setMock } from "./stage";
import { TWO_LOOKS, Visitor } from "./visitor";

const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

let mock: MockGateway;
setMock((started) => {
  mock = started;
});

describe.skipIf(!existsSync(FIREFOX))("Firefox", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await firefox.launch({
      channel: "moz-firefox",
      executablePath: FIREFOX,
    });
  });
  afterAll(() => browser?.close());

  test.each(TWO_LOOKS)("works in $language and $scheme", async (look) => {
    const visitor = await Visitor.arrive(browser, mock.url, look);
    const { page } = visitor;
    await visitor.open();
    await page.locator(".samples img").last().waitFor();
    await page.locator('[data-link="live"]').waitFor();
    // Firefox has no emulation of colours.
    if (look.scheme === "dark") await visitor.button("page.toDark").click();
    await visitor.screenshot("firefox-welcome");
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();

    await visitor.clickSample("chelsea.png");
    await page.locator(".candidates li").first().waitFor();
    await page.locator(".preview > img").waitFor();
    await visitor.choose([...(await makePictures(page, 12)), makeBitmap("old.bmp")]);
    await visitor.cards("answered").nth(12).waitFor();
    await visitor.cards("failed").waitFor();
    await page.locator(".card .thumbnail img").nth(3).waitFor();
    await visitor.screenshot("firefox-many");
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();

    await page.locator(".compare-choice").selectOption("efficientnet_lite0");
    await page.locator(".other[data-same]").nth(12).waitFor();
    await page.locator(".arrange select").nth(1).selectOption("kind");
    await page.locator(".group").nth(1).waitFor();
    await page.locator(".card-picture").first().click();
    await page.locator(".both .candidates").nth(1).waitFor();
    await visitor.screenshot("firefox-details");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });

    await page
      .getByRole("button", { name: visitor.says("page.languageLabel") })
      .click();
    const other = look.language === "zh" ? "tiger cat" : "虎纹猫";
    await page.locator(".card-names", { hasText: other }).first().waitFor();
    expect(await page.locator(".outdated").count()).toBe(0);

    await page.goto("/docs");
    await page.locator(".operation").first().waitFor();
    // The driver's screenshots try a style of their own.
    await visitor.leave(/\/v1\/classify|style-src-elem/);
  });
});
