// Every screen that states.journey.ts does not show, at each size, in each
// language and colour scheme: photographed, and looked over by axe.
import { afterEach, describe, test } from "vitest";
import type { MockGateway } from "./mock_gateway";
import { makeBitmap, makeFolder, makePictures, makePng } from "./pictures";
import { setBrowser, setMock } from "./stage";
import { LOOKS, PHONE, Visitor, WIDE } from "./visitor";

const stage = setBrowser();
let mock: MockGateway;
let usual: MockGateway["script"];
setMock((started) => {
  mock = started;
  usual = { ...mock.script };
});
afterEach(() => Object.assign(mock.script, usual));

const SCREENS = [
  { name: "wide", viewport: WIDE, touch: false },
  { name: "phone", viewport: PHONE, touch: true },
];
const SAMPLES = ["chelsea.png", "coffee.png", "camera.png", "rocket.jpg"];
const OTHER = "efficientnet_lite0";

describe.each(LOOKS)("in $language and $scheme", (look) => {
  describe.each(SCREENS)("$name", (screen) => {
    const arrive = async ({ camera = false } = {}) => {
      const visitor = await Visitor.arrive(stage.browser, mock.url, {
        ...look,
        viewport: screen.viewport,
        touch: screen.touch,
        camera,
      });
      await visitor.open();
      await visitor.page.locator('[data-link="live"]').waitFor();
      await visitor.page.locator(".samples img").last().waitFor();
      return visitor;
    };
    const show = async (visitor: Visitor, name: string) => {
      await visitor.listsToFollow();
      await visitor.screenshot(`${name}-${screen.name}`);
      await visitor.expectNothingSticksOut();
      await visitor.expectAccessible();
    };

    test("few, details, what mattered", async () => {
      const visitor = await arrive();
      const { page } = visitor;
      mock.script.everythingIs = "chelsea.png";
      for (const sample of SAMPLES) await visitor.clickSample(sample);
      await visitor.cards("answered").nth(3).waitFor();
      await page.locator(".card .thumbnail img").nth(1).waitFor();
      await page.evaluate(() => scrollTo(0, 0));
      await show(visitor, "few");

      await page.locator(".card-picture").first().click();
      await page.locator("dialog .preview > img").waitFor();
      await show(visitor, "details");
      await visitor.button("heat.show").click();
      await page.locator(".heat-cell").nth(48).waitFor();
      await show(visitor, "heat");
      await visitor.leave();
    });

    test("groups, two models, folders as the truth", async () => {
      const visitor = await arrive();
      const { page } = visitor;
      const pictures = await makePictures(page, 24);
      const folders = ["cats", "dog", "火山", "holiday"];
      const folder = await makeFolder(
        pictures.map((one, i) => ({
          ...one,
          name: `${folders[i % folders.length]}/${one.name}`,
        })),
      );
      await page.locator("input[webkitdirectory]").setInputFiles(folder.path);
      await visitor.cards("answered").nth(23).waitFor();
      await visitor.showTools();
      await page.locator(".arrange select").nth(1).selectOption("kind");
      await page.locator(".group").nth(1).waitFor();
      await page.locator(".card .thumbnail img").nth(1).waitFor();
      await show(visitor, "groups");

      await page.locator(".compare-choice").selectOption(OTHER);
      await page.locator(".other[data-same]").nth(23).waitFor();
      await page.locator(".arrange select").nth(1).selectOption("none");
      await show(visitor, "two-models");
      await visitor.button("evaluate.open").click();
      await page.locator(".confusions tbody tr").first().waitFor();
      await show(visitor, "folders");
      await folder.remove();
      await visitor.leave();
    });

    test("models, code, camera", async () => {
      const visitor = await arrive({ camera: true });
      const { page } = visitor;
      await page.locator(".model-button").click();
      await page.locator(".model").nth(3).waitFor();
      await show(visitor, "models");
      await page.keyboard.press("Escape");
      await visitor.button("code.open").click();
      await page.locator(".code").waitFor();
      await show(visitor, "program");
      await page.keyboard.press("Escape");

      await visitor.button("add.camera").click();
      await page.getByLabel(visitor.says("camera.continuous")).check();
      await page.locator(".live-names .candidates").waitFor();
      await show(visitor, "camera");
      await page.getByLabel(visitor.says("camera.continuous")).uncheck();
      await visitor.leave();
    });

    test("refusals, a busy server, a server that is down", async () => {
      const visitor = await arrive();
      const { page } = visitor;
      mock.script.maxBytes = 50_000;
      const [large] = await makePictures(page, 1, { width: 1600, height: 1200 });
      const narrow = await makePng(page, "narrow.png", 3000, 10);
      const empty = { name: "empty.png", mimeType: "image/png", buffer: Buffer.alloc(0) };
      const broken = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0]);
      await visitor.choose([
        large!,
        narrow,
        makeBitmap("old.bmp"),
        empty,
        { name: "broken.jpg", mimeType: "image/jpeg", buffer: broken },
      ]);
      await visitor.cards("failed").nth(4).waitFor();
      await show(visitor, "refusals");

      Object.assign(mock.script, { busyFor: 10, retryAfterS: 30 });
      await visitor.choose(await makePictures(page, 2));
      await visitor.cards("retrying").nth(1).waitFor();
      await show(visitor, "busy");
      mock.stopServer();
      await page.locator(".banner").waitFor();
      await show(visitor, "down");
      mock.startServer();
      await visitor.leave(/\/v1\/(classify|status|models)/);
    });

    test("a page that is not there", async () => {
      const visitor = await arrive();
      await visitor.page.goto("/clasify");
      await show(visitor, "missing");
      await visitor.leave(/404/);
    });
  });
});
