// A folder's name is what its pictures show: how often is it right?
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { MockGateway } from "./mock_gateway";
import { makeFolder, type PictureFile } from "./pictures";
import { PHOTOS } from "./stack";
import { setBrowser, setMock } from "./stage";
import { TWO_SCREENS, Visitor } from "./visitor";

const stage = setBrowser();
let mock: MockGateway;
setMock((started) => {
  mock = started;
});

async function photograph(name: string, file: string): Promise<PictureFile> {
  const buffer = await readFile(join(PHOTOS, file));
  return { name, mimeType: "image/png", buffer };
}

describe.each(TWO_SCREENS)("$name, in $language and $scheme", (screen) => {
  test("pictures are judged by their folders", async () => {
    const visitor = await Visitor.arrive(stage.browser, mock.url, screen);
    const { page } = visitor;
    await visitor.open();
    const folder = await makeFolder([
      await photograph("cats/one.png", "chelsea.png"),
      await photograph("浓缩咖啡/two.png", "coffee.png"),
      await photograph("dog/three.jpg", "rocket.jpg"),
      await photograph("holiday/four.png", "camera.png"),
    ]);
    await page.locator("input[webkitdirectory]").setInputFiles(folder.path);
    await visitor.cards("answered").nth(3).waitFor();
    await visitor.listsToFollow();

    await visitor.showTools();
    await visitor.button("evaluate.open").click();

    const shares = page.locator(".shares tbody tr").first();
    expect(await shares.innerText()).toContain("66.7%");
    const confusion = page.locator(".confusions tbody tr").first();
    expect(await confusion.innerText()).toMatch(/dog.*(projectile|火箭弹).*1/s);
    await page.getByText("holiday").last().waitFor();
    await visitor.screenshot(`evaluate-${screen.name}`);
    await visitor.expectAccessible();
    const [csv] = await Promise.all([
      page.waitForEvent("download"),
      page.locator(".evaluation-dialog .primary").click(),
    ]);
    const lines = (await readFile(await csv.path(), "utf8")).split("\r\n");
    expect(lines).toContain("cats,,,1,yes");
    expect(lines.join("\n")).toMatch(/\ndog,(projectile|火箭弹),n04008634,1,no\n/);

    await confusion.getByRole("button").click();
    await expect.poll(() => page.locator(".card").count()).toBe(1);
    await page.getByText("three.jpg", { exact: true }).waitFor();
    const [all] = await Promise.all([
      page.waitForEvent("download"),
      page.locator(".export button").first().click(),
    ]);
    const [head, line] = (await readFile(await all.path(), "utf8")).split("\r\n");
    expect(head).toMatch(/,expected,right$/);
    expect(line).toMatch(/,dog,no$/);
    await folder.remove();
    await visitor.leave();
  });

  test("two models are judged by the pictures that both have answered", async () => {
    const visitor = await Visitor.arrive(stage.browser, mock.url, screen);
    const { page } = visitor;
    await visitor.open();
    const folder = await makeFolder([
      await photograph("cats/one.png", "chelsea.png"),
      await photograph("dog/two.jpg", "rocket.jpg"),
    ]);
    await page.locator("input[webkitdirectory]").setInputFiles(folder.path);
    await visitor.cards("answered").nth(1).waitFor();
    // Of these the other model says nothing.
    mock.script.wantsToken = true;
    await visitor.showTools();
    await page.locator(".compare-choice").selectOption("efficientnet_lite0");
    await expect
      .poll(() => page.getByText(visitor.says("compare.failed")).count())
      .toBe(2);
    mock.script.wantsToken = false;
    const more = await makeFolder([
      await photograph("浓缩咖啡/three.png", "coffee.png"),
    ]);
    await page.locator("input[webkitdirectory]").setInputFiles(more.path);
    await page.locator(".other[data-same]").waitFor();
    await visitor.listsToFollow();

    await visitor.button("evaluate.open").click();

    const one = page.locator(".shares tbody tr").nth(0);
    const other = page.locator(".shares tbody tr").nth(1);
    // Of all three it would be 66.7%.
    expect(await one.innerText()).toMatch(/\s100\.0%/);
    expect(await other.innerText()).toMatch(/\s0\.0%/);
    await page
      .getByText(visitor.says("evaluate.both.one", { count: "1" }))
      .waitFor();
    await visitor.screenshot(`evaluate-both-${screen.name}`);
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();
    await folder.remove();
    await more.remove();
    await visitor.leave(/401/);
  });
});
