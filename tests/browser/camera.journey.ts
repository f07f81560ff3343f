// The camera names what it sees, again and again, while somebody looks.
import { describe, expect, test } from "vitest";
import type { MockGateway } from "./mock_gateway";
import { setBrowser, setMock } from "./stage";
import { TWO_SCREENS, Visitor } from "./visitor";

const stage = setBrowser();
let mock: MockGateway;
setMock((started) => {
  mock = started;
});

describe.each(TWO_SCREENS)("$name, in $language and $scheme", (screen) => {
  test("what the camera sees is named while the page is seen", async () => {
    const visitor = await Visitor.arrive(stage.browser, mock.url, {
      ...screen,
      camera: true,
    });
    const { page } = visitor;
    await page.clock.install();
    await visitor.open();
    await visitor.button("add.camera").click();
    const before = mock.received.length;

    await page.getByLabel(visitor.says("camera.continuous")).check();

    await page.locator(".live-names .candidates").waitFor();
    await expect
      .poll(() => mock.received.length - before, { interval: 50 })
      .toBeGreaterThan(4);
    expect(mock.mostInFlight).toBe(1);
    await visitor.screenshot(`continuous-${screen.name}`);
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();

    const setHidden = (hidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", {
          configurable: true,
          get: () => hidden,
        });
        document.dispatchEvent(new Event("visibilitychange"));
      }, hidden);
    await setHidden(true);
    const whenHidden = mock.received.length;
    // Time for a turn each; the one that was under way may still end.
    for (let turn = 0; turn < 4; turn += 1) {
      await page.clock.runFor(1000);
      await page.evaluate(() => fetch("/v1/models").then((reply) => reply.text()));
      await expect.poll(() => mock.inFlight, { interval: 50 }).toBe(0);
    }
    expect(mock.received.length).toBeLessThanOrEqual(whenHidden + 1);
    await setHidden(false);
    await expect.poll(() => mock.received.length).toBeGreaterThan(whenHidden + 3);

    await visitor.button("camera.take").click();
    await visitor.button("camera.use").click();
    await page.locator(".candidates li").first().waitFor();
    await visitor.leave();
  });
});
