import { describe, expect, test } from "vitest";
import {
  doubtsServer,
  failureOfResponse,
  passesByWaiting,
  remedyFor,
} from "./failure";

const body = (reason: string, metadata = {}) =>
  JSON.stringify({
    error: {
      code: 400,
      status: "INVALID_ARGUMENT",
      message: "the server's words",
      details: [
        { "@type": "type.googleapis.com/google.rpc.BadRequest" },
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason,
          domain: "wanwu",
          metadata,
        },
      ],
    },
  });

describe("failureOfResponse", () => {
  test.each([
    ["IMAGE_EMPTY", "pictureEmpty"],
    ["IMAGE_DECODE_FAILED", "pictureBroken"],
    ["IMAGE_UNSUPPORTED", "pictureUnsupported"],
    ["IMAGE_TOO_LARGE", "pictureTooLarge"],
    ["BODY_TOO_LARGE", "pictureTooLarge"],
    ["FIELD_INVALID", "requestWrong"],
    ["MODEL_NOT_FOUND", "modelMissing"],
    ["QUEUE_FULL", "busy"],
    ["QUEUE_BYTES_FULL", "busy"],
    ["QUEUE_WAIT_TOO_LONG", "busy"],
    ["OUT_OF_MEMORY", "busy"],
    ["TOO_MANY_WATCHES", "busy"],
    ["MODEL_NOT_READY", "notReady"],
    ["DRAINING", "notServing"],
    ["SERVER_NOT_SERVING", "notServing"],
    ["CONNECTIONS_FULL", "busy"],
    ["DEADLINE_UNREACHABLE", "tooSlow"],
    ["RECEIVE_TIMEOUT", "tooSlow"],
    ["HOST_NOT_ALLOWED", "pageNotAllowed"],
    ["ORIGIN_NOT_ALLOWED", "pageNotAllowed"],
    ["INFERENCE_FAILED", "inferenceFailed"],
    ["INTERNAL", "inferenceFailed"],
  ])("takes the reason %s for %s, whatever the status", (reason, kind) => {
    expect(failureOfResponse(599, body(reason), null).kind).toBe(kind);
  });

  test.each([
    [400, "requestWrong"],
    [403, "pageNotAllowed"],
    [404, "modelMissing"],
    [408, "tooSlow"],
    [413, "pictureTooLarge"],
    [415, "pictureUnsupported"],
    [429, "busy"],
    [500, "inferenceFailed"],
    [503, "serverUnreachable"],
    [504, "tooSlow"],
    [418, "unexpected"],
  ])("takes status %d for %s where no reason is known", (status, kind) => {
    expect(failureOfResponse(status, body("NEWER"), null).kind).toBe(kind);
    expect(failureOfResponse(status, "<html>", null).kind).toBe(kind);
  });

  test("keeps the server's words and its limit", () => {
    const text = body("IMAGE_TOO_LARGE", { value: "20", limit: "16" });

    expect(failureOfResponse(413, text, null)).toEqual({
      kind: "pictureTooLarge",
      message: "the server's words",
      value: "20",
      limit: "16",
    });
  });

  test("turns Retry-After into milliseconds", () => {
    const after = (header: string | null) =>
      failureOfResponse(429, "", header).retryAfterMs;

    expect(after("2")).toBe(2000);
    expect(after("0")).toBe(0);
    expect(after(null)).toBeUndefined();
    expect(after("Wed, 21 Oct 2026 07:28:00 GMT")).toBeUndefined();
  });
});

test("only failures that pass by waiting can cast doubt on the server", () => {
  expect(passesByWaiting("pictureBroken")).toBe(false);
  expect(passesByWaiting("busy")).toBe(true);
  expect(doubtsServer("busy")).toBe(false);
  expect(doubtsServer("gatewayUnreachable")).toBe(true);
  expect(doubtsServer("pictureBroken")).toBe(false);
});

test("trying again is offered only where it can help", () => {
  expect(remedyFor("busy")).toBe("retry");
  expect(remedyFor("inferenceFailed")).toBe("retry");
  expect(remedyFor("pictureUnsupported")).toBe("convert");
  expect(remedyFor("pictureTooLarge")).toBe("convert");
  for (const kind of ["pictureEmpty", "pictureBroken"] as const) {
    expect(remedyFor(kind)).toBe("none");
  }
});

test("a picture too long and narrow is told apart, as it must be cropped", () => {
  const text = body("IMAGE_TOO_LARGE", { value: "300", limit: "100" }).replace(
    "the server's words",
    "the picture, 3000x10, has its longer side at 300 times the shorter one",
  );

  const { kind } = failureOfResponse(400, text, null);

  expect(kind).toBe("pictureTooNarrow");
  expect(remedyFor(kind)).toBe("none");
});
