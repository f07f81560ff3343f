// The ways in which pictures come onto the page.
import { describe, expect, test } from "vitest";
import { makeFolder, makePictures } from "./pictures";
import { setStage } from "./stage";
import { TWO_LOOKS, Visitor } from "./visitor";

const stage = setStage();

describe.each(TWO_LOOKS)("in $language and $scheme", (look) => {
  const arrive = async (camera = false) => {
    const visitor = await Visitor.arrive(stage.browser, stage.stack.url, {
      ...look,
      camera,
    });
    await visitor.open();
    return visitor;
  };
  const cat = look.language === "zh" ? /猫/ : /cat|tabby/i;

  test("a sample is named, with bars and a timeline", async () => {
    const visitor = await arrive();
    const { page } = visitor;

    await visitor.clickSample("chelsea.png");

    const first = page.locator(".candidates li").first();
    await first.waitFor();
    expect(await first.innerText()).toMatch(cat);
    expect(await page.locator(".candidates li").count()).toBe(3);
    await visitor.button("picture.showTen").click();
    expect(await page.locator(".candidates li").count()).toBe(10);
    const timeline = await page.locator(".timeline").innerText();
    for (const stage of ["decode", "queue", "inference", "total"] as const) {
      expect(timeline).toContain(visitor.says(`timeline.${stage}`));
    }
    expect(timeline).toContain(visitor.says("timeline.alone"));
    expect(await page.locator("[aria-live]").last().innerText()).toMatch(cat);
    await visitor.leave();
  });

  test("many pictures fill a grid", async () => {
    const visitor = await arrive();
    const { page } = visitor;

    await visitor.choose(await makePictures(page, 30));

    await visitor.cards("answered").nth(29).waitFor();
    const count = visitor.says("results.count.other", { count: 30 });
    await page.getByRole("heading", { name: count }).waitFor();
    await visitor.leave();
  });

  test("a folder is searched, and what is no picture is left out", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    const [one, two, three] = await makePictures(page, 3);
    const folder = await makeFolder([
      one!,
      { ...two!, name: "deeper/two.jpg" },
      { ...three!, name: "deeper/still/three.jpg" },
      { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no") },
    ]);

    await page.locator("input[webkitdirectory]").setInputFiles(folder.path);

    await visitor.cards("answered").nth(2).waitFor();
    const leftOut = visitor.says("notice.notPictures.one", { name: "notes.txt" });
    await page.getByText(leftOut).waitFor();
    const names = page.locator(".card .file-name");
    await expect
      .poll(async () => (await names.allTextContents()).sort().join(" "))
      .toMatch(/\/deeper\/still\/three\.jpg \S+\/deeper\/two\.jpg/);
    await folder.remove();
    await visitor.leave();
  });

  test("a folder is dropped from the desktop", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    const [one, two] = await makePictures(page, 2);
    const folder = await makeFolder([one!, { ...two!, name: "deeper/two.jpg" }]);
    const driver = await visitor.context.newCDPSession(page);
    const drag = (type: "dragEnter" | "dragOver" | "drop") =>
      driver.send("Input.dispatchDragEvent", {
        type,
        x: 400,
        y: 400,
        data: { items: [], files: [folder.path], dragOperationsMask: 1 },
      });

    await drag("dragEnter");
    await drag("dragOver");
    await page.getByText(visitor.says("add.drop")).waitFor();
    await visitor.screenshot("drop-wide");
    await drag("drop");

    await visitor.cards("answered").nth(1).waitFor();
    await folder.remove();
    await visitor.leave();
  });

  test("a picture is pasted", async () => {
    const visitor = await arrive();
    const { page } = visitor;

    await page.evaluate(async () => {
      const response = await fetch("/samples/chelsea.png");
      const file = new File([await response.blob()], "image.png", {
        type: "image/png",
      });
      const clipboardData = new DataTransfer();
      clipboardData.items.add(file);
      document.body.dispatchEvent(
        new ClipboardEvent("paste", {
          clipboardData,
          bubbles: true,
          cancelable: true,
        }),
      );
    });

    const first = page.locator(".candidates li").first();
    await first.waitFor();
    expect(await first.innerText()).toMatch(cat);
    await visitor.leave();
  });

  test("an address without a file is explained", async () => {
    const visitor = await arrive();
    const { page } = visitor;

    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.setData("text/uri-list", "https://elsewhere.example/cat.jpg");
      document.body.dispatchEvent(
        new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }),
      );
    });

    await page.getByText(visitor.says("notice.addressOnly")).waitFor();
    await visitor.button("notice.dismiss").click();
    await page.locator(".notice").waitFor({ state: "detached" });
    // The policy forbade it before anybody was asked.
    await visitor.leave(/Content Security Policy/);
  });

  test("the camera shows, takes, takes again, and its picture is named", async () => {
    const visitor = await arrive(true);
    const { page } = visitor;

    await visitor.button("add.camera").click();
    await visitor.button("camera.take").click();
    await visitor.button("camera.retake").click();
    await visitor.button("camera.take").click();
    await page.getByAltText(visitor.says("camera.taken")).waitFor();
    await visitor.screenshot("camera-wide");
    await visitor.expectAccessible();
    await visitor.button("camera.use").click();

    await page.locator(".candidates li").first().waitFor();
    await visitor.leave();
  });

  test("a camera that may not be used is explained", async () => {
    const visitor = await Visitor.arrive(stage.browser, stage.stack.url, look);
    const { page } = visitor;
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    await visitor.open();

    await visitor.button("add.camera").click();

    await page.getByText(visitor.says("camera.denied")).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await visitor.leave();
  });

  test("large photographs are shrunk only when asked for", async () => {
    const visitor = await arrive();
    const { page } = visitor;
    const large = await makePictures(page, 1, { width: 2600, height: 1800 });

    await visitor.choose(large);
    await page.locator(".candidates li").first().waitFor();
    const shrunk = visitor.says("picture.shrunk", { width: 1280, height: 886 });
    expect(await page.getByText(shrunk).count()).toBe(0);
    await page.locator(".shrink input").check();
    await visitor.button("outdated.ask").click();

    await page.getByText(shrunk).waitFor();
    await visitor.leave();
  });
});
