// What is around the page: zoom, the system's own colours, a slow network, an
// address mistyped.
import { describe, expect, test } from "vitest";
import { setStage } from "./stage";
import { TWO_LOOKS, Visitor } from "./visitor";

const stage = setStage();

// What a first visit may load, as it comes over the network.
const FIRST_VISIT_BYTES = 250_000;
const SCRIPT_BYTES = 100_000;

describe.each(TWO_LOOKS)("in $language and $scheme", (look) => {
  const arrive = async () => {
    const visitor = await Visitor.arrive(stage.browser, stage.stack.url, look);
    await visitor.open();
    return visitor;
  };

  test("zoomed in, the live figures do not cover the page", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    await page.locator(".live .plot").first().waitFor();

    await page.setViewportSize({ width: 720, height: 450 });
    await page.locator(".live").waitFor({ state: "detached" });
    await visitor.expectNothingSticksOut();
    await visitor.button("live.show").click();
    const height = await page
      .locator(".live")
      .evaluate((one) => one.getBoundingClientRect().height);
    expect(height).toBeLessThanOrEqual(450 * 0.7 + 1);
    await visitor.screenshot("zoomed");
    await visitor.expectAccessible();
    await page.setViewportSize({ width: 1440, height: 900 });

    await page.locator(".live .plot").first().waitFor();
    await visitor.leave();
  });

  test("bars show where the system chooses the colours", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    await page.emulateMedia({ forcedColors: "active" });

    await visitor.clickSample("chelsea.png");
    await page.locator(".candidates li").first().waitFor();

    const grounds = await page.locator(".candidates .bar").first().evaluate(
      (bar) =>
        [bar, bar.firstElementChild!].map(
          (one) => getComputedStyle(one).backgroundColor,
        ),
    );
    expect(grounds[0]).not.toBe(grounds[1]);
    const pressed = page.locator('.live button[aria-pressed="true"]');
    const [ground, text] = await pressed.evaluate((button) => {
      const system = document.createElement("span");
      system.setAttribute("hidden", "");
      button.append(system);
      const colour = (name: string) => {
        system.style.color = name;
        return getComputedStyle(system).color;
      };
      const wanted = [colour("Highlight"), colour("HighlightText")];
      system.remove();
      const { backgroundColor, color } = getComputedStyle(button);
      return [backgroundColor === wanted[0], color === wanted[1]];
    });
    expect([ground, text]).toEqual([true, true]);
    await visitor.screenshot("forced-colours-wide");
    await visitor.leave();
  });

  test("chosen colours are there before the first script has come", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    const ground = () =>
      page.evaluate(
        () => getComputedStyle(document.documentElement).backgroundColor,
      );
    await visitor
      .button(look.scheme === "dark" ? "page.toLight" : "page.toDark")
      .click();
    const chosen = await ground();

    await page.route(/assets\/.*\.js/, (route) => route.abort());
    await page.reload({ waitUntil: "load" });

    expect(await ground()).toBe(chosen);
    await visitor.leave(/ERR_FAILED/);
  });

  test("a mistyped address leads back to the page", async () => {
    const visitor = await arrive();
    const { page } = visitor;

    const response = await page.goto("/clasify");
    expect(response?.status()).toBe(404);
    await visitor.screenshot("missing-wide");
    await visitor.expectAccessible();
    await page.locator('a[href="/"]').first().click();

    await page.locator(".welcome").waitFor();
    await visitor.leave(/404/);
  });
});

test("a first visit loads little", async (context) => {
  // The mock neither compresses nor makes thumbnails.
  if (stage.stack.isMock) context.skip();
  const visitor = await Visitor.arrive(stage.browser, stage.stack.url);
  const { page } = visitor;
  const driver = await visitor.context.newCDPSession(page);
  await driver.send("Network.enable");
  const urls = new Map<string, string>();
  const bytes = new Map<string, number>();
  driver.on("Network.responseReceived", ({ requestId, response }) =>
    urls.set(requestId, response.url),
  );
  driver.on("Network.loadingFinished", ({ requestId, encodedDataLength }) =>
    bytes.set(requestId, encodedDataLength),
  );

  await page.goto("/");
  await page.locator(".samples img").last().waitFor();
  await page.waitForFunction(() =>
    [...document.images].every((image) => image.complete),
  );

  const sum = (isCounted: (url: string) => boolean) =>
    [...bytes]
      .filter(([id]) => isCounted(urls.get(id) ?? ""))
      .reduce((total, [, size]) => total + size, 0);
  const all = sum(() => true);
  const scripts = sum((url) => url.endsWith(".js"));
  console.log(`a first visit: ${all} bytes, ${scripts} of them scripts`);
  expect(scripts).toBeGreaterThan(10_000);
  expect(scripts).toBeLessThan(SCRIPT_BYTES);
  expect(all).toBeLessThan(FIRST_VISIT_BYTES);
  await visitor.leave();
});
