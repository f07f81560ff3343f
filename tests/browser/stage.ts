// What the journeys of a file have in common: the service and a browser.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import type { MockGateway } from "./mock_gateway";
import { startMock, startStack, type Models, type Stack } from "./stack";
import { startBrowser } from "./visitor";

export interface Stage {
  stack: Stack;
  browser: Browser;
}

// Its parts are there from the first test on and go with the last.
export function setStage(models?: Models): Stage {
  const stage = setBrowser() as Stage;
  beforeAll(async () => {
    stage.stack = await startStack(models);
  });
  afterAll(async () => {
    await stage.stack?.close();
  });
  return stage;
}

// The browser alone, for journeys to the mock: no server has to load a model.
export function setBrowser(): Pick<Stage, "browser"> {
  const stage = {} as Stage;
  beforeAll(async () => {
    stage.browser = await startBrowser();
  });
  afterAll(async () => {
    await stage.browser?.close();
  });
  return stage;
}

// Also a gateway that does what the file's journeys script.
export function setMock(take: (mock: MockGateway) => void): void {
  let mock: MockGateway | undefined;
  beforeAll(async () => {
    mock = await startMock();
    take(mock);
  });
  afterAll(async () => {
    await mock?.stop();
  });
}
