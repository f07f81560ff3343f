// What can be done with answers: look closer, filter, export, switch language
// and model.
import { readFile } from "node:fs/promises";
import type { Download } from "playwright-core";
import { describe, expect, test } from "vitest";
import { makePictures } from "./pictures";
import { setStage } from "./stage";
import { TWO_LOOKS, Visitor } from "./visitor";

const stage = setStage("all");

const contentOf = async (download: Download) =>
  readFile(await download.path(), "utf8");

describe.each(TWO_LOOKS)("in $language and $scheme", (look) => {
  const arrive = async () => {
    const visitor = await Visitor.arrive(stage.browser, stage.stack.url, look);
    await visitor.open();
    return visitor;
  };
  const cat = look.language === "zh" ? /猫/ : /cat|tabby/i;

  // The cat and the espresso.
  const arriveWithTwo = async () => {
    const visitor = await arrive();
    await visitor.clickSample("chelsea.png");
    await visitor.page.locator(".candidates li").first().waitFor();
    await visitor.clickSample("coffee.png");
    await visitor.cards("answered").nth(1).waitFor();
    return visitor;
  };

  test("a card opens into its details and closes by keyboard", async () => {
    const visitor = await arriveWithTwo();
    const { page } = visitor;
    const opener = visitor.button("picture.open", { name: "coffee.png" });

    await opener.focus();
    await page.keyboard.press("Enter");
    await page.locator("dialog .candidates li").first().waitFor();
    await page.locator("dialog .specimen-plate .preview > img").waitFor();
    await visitor.screenshot("details-wide");
    await visitor.expectAccessible();
    await page.keyboard.press("Escape");

    await page.locator("dialog").waitFor({ state: "detached" });
    expect(await opener.evaluate((one) => one === document.activeElement)).toBe(
      true,
    );
    await visitor.leave();
  });

  test("the part that the model saw is shown", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    await visitor.clickSample("chelsea.png");
    await page.locator(".preview > img").waitFor();

    await visitor.button("picture.crop").click();

    const crop = page.locator(".crop");
    await crop.waitFor();
    const box = (await crop.boundingBox())!;
    const image = (await page.locator(".preview > img").boundingBox())!;
    expect(box.width / box.height).toBeCloseTo(1, 1);
    expect(box.height / image.height).toBeCloseTo(0.875, 1);
    expect(box.width).toBeLessThan(image.width);
    await visitor.screenshot("crop-wide");
    await visitor.expectAccessible();
    await visitor.leave();
  });

  test("what mattered is measured by covering parts", async (context) => {
    // The mock's answers do not hang on parts.
    if (stage.stack.isMock) context.skip();
    const visitor = await arrive();
    const { page } = visitor;
    await visitor.clickSample("chelsea.png");
    await page.locator(".preview > img").waitFor();

    await visitor.button("heat.show").click();

    await page.locator(".heat-cell").nth(48).waitFor();
    const opacities = await page
      .locator(".heat-cell")
      .evaluateAll((all) => all.map((one) => Number(getComputedStyle(one).opacity)));
    expect(Math.max(...opacities)).toBeGreaterThan(0.1);
    expect(Math.min(...opacities)).toBeLessThan(Math.max(...opacities) / 2);
    expect(await page.locator(".heat-note").innerText()).toMatch(cat);
    await visitor.screenshot("heat-wide");
    await visitor.expectAccessible();
    await visitor.button("heat.show").click();
    await page.locator(".crop").waitFor({ state: "detached" });
    await visitor.leave();
  });

  test("names are found by a part of them", async () => {
    const visitor = await arriveWithTwo();
    const { page } = visitor;

    await page
      .getByLabel(visitor.says("results.filterLabel"))
      .fill(look.language === "zh" ? "猫" : "cat");
    await visitor.cards("answered").nth(1).waitFor({ state: "detached" });
    expect(await visitor.cards("answered").innerText()).toMatch(cat);
    await page.getByLabel(visitor.says("results.filterLabel")).fill("zzz");
    await visitor.button("results.resetFilter").click();

    await visitor.cards("answered").nth(1).waitFor();
    await visitor.leave();
  });

  test("a name's chip shows as many as it says, and exports say so", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    await visitor.choose(await makePictures(page, 30));
    await visitor.cards("answered").nth(29).waitFor();
    await visitor.listsToFollow();
    const chip = page.locator(".chips button").first();
    const count = Number(await chip.locator(".count").innerText());

    await chip.click();

    await expect.poll(() => page.locator(".card").count()).toBe(count);
    const some = visitor.says("results.some", { shown: count, all: 30 });
    await page.getByRole("heading", { name: some }).waitFor();
    await visitor.screenshot("chip-wide");
    await visitor.expectAccessible();
    const [csv] = await Promise.all([
      page.waitForEvent("download"),
      page.locator(".export button", { hasText: `CSV (${count})` }).click(),
    ]);
    const lines = (await contentOf(csv)).trimEnd().split("\r\n");
    expect(lines).toHaveLength(count + 1);
    expect(lines.join()).not.toMatch(/\d\.\d{10,}/);
    await visitor.leave();
  });

  test("pictures are sorted, and those that are unsure shown alone", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    await visitor.choose(await makePictures(page, 30));
    await visitor.cards("answered").nth(29).waitFor();
    await visitor.listsToFollow();
    const shares = async () =>
      (
        await page
          .locator(".card li:first-child .candidate-share")
          .allTextContents()
      ).map(parseFloat);
    const sorted = async (compare: (a: number, b: number) => number) =>
      [...(await shares())].sort(compare);

    await page.locator(".arrange select").first().selectOption("certain");
    await expect.poll(shares).toEqual(await sorted((a, b) => b - a));
    await page.locator(".arrange select").first().selectOption("uncertain");
    await expect.poll(shares).toEqual(await sorted((a, b) => a - b));
    await visitor.screenshot("sorted-wide");
    const perhaps = await page.locator(".card .perhaps").count();
    expect(perhaps).toBeGreaterThan(0);
    await page
      .locator(".show button", { hasText: visitor.says("results.showUnsure") })
      .click();
    await expect.poll(() => page.locator(".card").count()).toBe(perhaps);
    expect((await shares()).every((share) => share <= 35)).toBe(true);
    await visitor.leave();
  });

  test("pictures are grouped by kind, and one searches for a kind", async () => {
    const visitor = await arriveWithTwo();
    const { page } = visitor;
    await page.locator(".arrange select").nth(1).selectOption("kind");

    await page.locator(".group").nth(1).waitFor();
    await visitor.screenshot("groups-wide");
    await visitor.expectAccessible();
    const titles = await page.locator(".group h3").allInnerTexts();
    expect(titles.join()).toMatch(look.language === "zh" ? /猫/ : /cat/);
    const stops = page.locator('.groups button:not([tabindex="-1"])');
    expect(await stops.count()).toBe(1);
    await stops.focus();
    await page.keyboard.press("ArrowDown");
    expect(
      await page.evaluate(() => document.activeElement?.textContent),
    ).toContain("coffee.png");

    await page
      .getByLabel(visitor.says("results.filterLabel"))
      .fill(look.language === "zh" ? "饮料" : "drink");
    await expect.poll(() => page.locator(".card").count()).toBe(1);
    await page.locator('.card [title="coffee.png"]').waitFor();
    await visitor.leave();
  });

  test("answers are exported as CSV and JSON", async () => {
    const visitor = await arriveWithTwo();
    const { page } = visitor;

    const [csv] = await Promise.all([
      page.waitForEvent("download"),
      visitor.button("results.exportCsv").click(),
    ]);
    const [json] = await Promise.all([
      page.waitForEvent("download"),
      visitor.button("results.exportJson").click(),
    ]);

    expect(csv.suggestedFilename()).toMatch(/^wanwu-.*\.csv$/);
    const lines = (await contentOf(csv)).trimEnd().split("\r\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^\ufefffile,bytes,state,error,label_1,/);
    expect(lines[1]).toMatch(/^chelsea\.png,\d+,answered,,/);
    expect(lines[1]).toMatch(cat);
    const { pictures } = JSON.parse(await contentOf(json)) as {
      pictures: { file: string; classes: { label: string }[] }[];
    };
    expect(pictures.map(({ file }) => file)).toEqual([
      "chelsea.png",
      "coffee.png",
    ]);
    expect(pictures[0]!.classes).toHaveLength(10);
    await visitor.leave();
  });

  test("switching the language names the pictures anew, and is remembered", async () => {
    const visitor = await arriveWithTwo();
    const { page } = visitor;
    const otherCat = look.language === "zh" ? /cat|tabby/i : /猫/;

    await page
      .getByRole("button", { name: visitor.says("page.languageLabel") })
      .click();

    await page.locator(".card", { hasText: otherCat }).waitFor();
    const language = await page.locator("html").getAttribute("lang");
    expect(language).toBe(look.language === "zh" ? "en" : "zh-CN");
    await page.reload();
    await page.locator("main").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe(language);
    await visitor.leave();
  });

  test("any number is named anew at once, without being sent again", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    await visitor.choose(await makePictures(page, 40));
    await visitor.cards("answered").nth(39).waitFor();
    let sent = 0;
    page.on("request", (request) => {
      if (request.url().includes("/v1/classify")) sent += 1;
    });
    const name = page.locator(".card .candidate-name").first();
    const before = await name.innerText();

    await page
      .getByRole("button", { name: visitor.says("page.languageLabel") })
      .click();

    await expect.poll(() => name.innerText()).not.toBe(before);
    expect(await page.locator(".outdated").count()).toBe(0);
    expect(sent).toBe(0);
    await visitor.leave();
  });

  test("the colours can be switched, and are remembered", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    const ground = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const before = await ground();

    await visitor
      .button(look.scheme === "dark" ? "page.toLight" : "page.toDark")
      .click();
    const after = await ground();
    await page.reload();
    await page.locator("main").waitFor();

    expect(after).not.toBe(before);
    expect(await ground()).toBe(after);
    await visitor.leave();
  });

  test("another model can be chosen, and answers", async (context) => {
    const visitor = await arriveWithTwo();
    const { page } = visitor;

    await page.locator(".model-button").click();
    await page.locator(".model").first().waitFor();
    await visitor.screenshot("models-wide");
    await visitor.expectAccessible();
    const others = page.locator(".model input:enabled:not(:checked)");
    if ((await others.count()) === 0) context.skip();
    const name = await others.first().getAttribute("value");
    await others.first().check();
    await page.keyboard.press("Escape");

    await page.locator(".model-button", { hasText: name! }).waitFor();
    await page.locator(".card-picture").first().click();
    await page.locator(".specimen-model", { hasText: name! }).waitFor();
    await visitor.leave();
  });

  test("live figures are drawn, and written out on request", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    await page.locator(".live .plot").first().waitFor();

    await visitor.choose(await makePictures(page, 40));
    await visitor.cards("answered").nth(39).waitFor();
    const plot = page.locator(".live .plot svg").nth(1);
    await expect
      .poll(() => plot.getAttribute("aria-label"), { timeout: 10_000 })
      .toMatch(/\d ms/);
    await page.locator(".histogram-bar").first().waitFor();
    await visitor.screenshot("live-wide");
    await visitor.button("live.asText").click();

    const table = await page.locator(".live-table").innerText();
    expect(table).toContain(visitor.says("live.rate"));
    expect(table).toMatch(/\d ms/);
    await visitor.screenshot("live-text-wide");
    await visitor.expectAccessible();
    await visitor.leave();
  });

  test("everything can be reached by keyboard, in order", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    await page.locator(".samples img").last().waitFor();
    const focused = () =>
      page.evaluate(() => document.activeElement?.textContent?.trim());

    await page.keyboard.press("Tab");
    expect(await focused()).toBe(visitor.says("page.skip"));
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");

    expect(await focused()).toBe(visitor.says("add.choose"));
    await visitor.leave();
  });
});
