// Two models beside each other on the same pictures.
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { MockGateway } from "./mock_gateway";
import { makePictures } from "./pictures";
import { setBrowser, setMock } from "./stage";
import { TWO_SCREENS, Visitor } from "./visitor";

const stage = setBrowser();
let mock: MockGateway;
setMock((started) => {
  mock = started;
});

const OTHER = "efficientnet_lite0";

describe.each(TWO_SCREENS)("$name, in $language and $scheme", (screen) => {
  test("a second model answers, and where they differ is shown", async () => {
    const visitor = await Visitor.arrive(stage.browser, mock.url, screen);
    const { page } = visitor;
    await visitor.open();
    await visitor.clickSample("chelsea.png");
    await page.locator(".candidates").waitFor();
    await visitor.choose(await makePictures(page, 12));
    await visitor.cards("answered").nth(12).waitFor();
    const asked = mock.received.length;

    await visitor.showTools();
    await page.locator(".compare-choice").selectOption(OTHER);
    await page.locator(".other[data-same]").nth(12).waitFor();

    expect(mock.received.slice(asked).map(({ model }) => model)).toEqual(
      Array.from({ length: 13 }, () => OTHER),
    );
    const different = await page.locator('.other[data-same="false"]').count();
    expect(different).toBeGreaterThan(0);
    expect(different).toBeLessThan(13);
    await page.locator(".agreement", { hasText: String(13 - different) }).waitFor();
    await visitor.screenshot(`compare-${screen.name}`);
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();

    const filter = visitor.says("results.showDifferent");
    await page.locator(".show button", { hasText: filter }).click();
    await expect.poll(() => page.locator(".card").count()).toBe(different);
    const [csv] = await Promise.all([
      page.waitForEvent("download"),
      page.locator(".export button").first().click(),
    ]);
    const [head, ...lines] = (await readFile(await csv.path(), "utf8"))
      .trimEnd()
      .split("\r\n");
    expect(head).toContain("other_label_1");
    expect(lines).toHaveLength(different);
    expect(lines.every((line) => line.includes(OTHER))).toBe(true);

    await page.locator(".card-picture").first().click();
    await page.locator(".both .candidates").nth(1).waitFor();
    await page.locator("dialog .preview > img").waitFor();
    await visitor.screenshot(`compare-details-${screen.name}`);
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();
    await visitor.leave();
  });
});
