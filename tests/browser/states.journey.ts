// The page's main states in both languages and both colour schemes, wide and on
// a phone: photographed, and looked over by axe.
import { describe, test } from "vitest";
import { makePictures } from "./pictures";
import { setStage } from "./stage";
import { LOOKS, PHONE, Visitor, WIDE } from "./visitor";

const stage = setStage();

const SCREENS = [
  { name: "wide", viewport: WIDE, touch: false },
  { name: "phone", viewport: PHONE, touch: true },
];

describe.each(LOOKS)("in $language and $scheme", (look) => {
  test.each(SCREENS)("$name: welcome, one, many, docs", async (screen) => {
    const visitor = await Visitor.arrive(stage.browser, stage.stack.url, {
      ...look,
      viewport: screen.viewport,
      touch: screen.touch,
    });
    const { page } = visitor;
    await visitor.open();
    await page.locator(".samples img").last().waitFor();
    await page.locator('[data-link="live"]').waitFor();
    await visitor.screenshot(`welcome-${screen.name}`);
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();

    await page.locator('[data-sample="chelsea.png"]').click();
    await page.locator(".candidates h2").waitFor();
    await page.locator(".specimen-plate .preview > img").waitFor();
    await visitor.screenshot(`one-${screen.name}`);
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();

    await page
      .locator("input[type=file]")
      .first()
      .setInputFiles([
        ...(await makePictures(page, 13)),
        { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no") },
      ]);
    await page.locator('.card[data-state="answered"]').nth(13).waitFor();
    await page.locator('.card[data-state="failed"]').waitFor();
    await page.locator(".card .thumbnail img").nth(3).waitFor();
    await visitor.screenshot(`many-${screen.name}`);
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();

    if (screen.touch) {
      await visitor.button("live.show").click();
      await page.locator(".live .plot").first().waitFor();
      await visitor.screenshot(`live-${screen.name}`);
      await visitor.expectNothingSticksOut();
      await visitor.expectAccessible();
    }

    await visitor.open("/docs");
    await page.locator(".operation").first().waitFor();
    await visitor.screenshot(`docs-${screen.name}`);
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();
    await visitor.leave(/\/v1\/classify/);
  });
});
