import { limitOf } from "./limits";
import type { WireError } from "./wire";

// Why a picture has no answer, in the terms in which the page speaks of it.
export type FailureKind =
  | "pictureEmpty"
  | "pictureBroken"
  | "pictureUnsupported"
  | "pictureTooLarge"
  | "pictureTooNarrow"
  // Nor can the browser draw it, so it cannot be converted.
  | "pictureUndrawable"
  | "requestWrong"
  | "pageNotAllowed"
  | "gatewayNotAllowed"
  | "modelMissing"
  | "busy"
  | "notReady"
  | "notServing"
  | "serverUnreachable"
  | "gatewayUnreachable"
  | "tooSlow"
  | "inferenceFailed"
  | "unexpected";

export interface Failure {
  kind: FailureKind;
  // The server's own words, for the details.
  message: string;
  // What the server measured and where its limit lies, if it told.
  value?: string;
  limit?: string;
  retryAfterMs?: number;
}

// Every reason that server and gateway have; reasons.test.ts compares.
export const KIND_OF_REASON: Record<string, FailureKind> = {
  IMAGE_EMPTY: "pictureEmpty",
  IMAGE_DECODE_FAILED: "pictureBroken",
  IMAGE_UNSUPPORTED: "pictureUnsupported",
  IMAGE_TOO_LARGE: "pictureTooLarge",
  BODY_TOO_LARGE: "pictureTooLarge",
  FIELD_INVALID: "requestWrong",
  MESSAGE_MALFORMED: "requestWrong",
  FORM_MALFORMED: "requestWrong",
  JSON_MALFORMED: "requestWrong",
  HTTP_MALFORMED: "requestWrong",
  HEADERS_TOO_LARGE: "requestWrong",
  EXPECTATION_FAILED: "requestWrong",
  METHOD_NOT_ALLOWED: "requestWrong",
  PATH_NOT_FOUND: "requestWrong",
  MODEL_NOT_FOUND: "modelMissing",
  QUEUE_FULL: "busy",
  QUEUE_BYTES_FULL: "busy",
  QUEUE_WAIT_TOO_LONG: "busy",
  OUT_OF_MEMORY: "busy",
  TOO_MANY_WATCHES: "busy",
  MODEL_NOT_READY: "notReady",
  MODEL_LOAD_FAILED: "inferenceFailed",
  DRAINING: "notServing",
  SERVER_NOT_SERVING: "notServing",
  SERVER_UNREACHABLE: "serverUnreachable",
  CONNECTIONS_FULL: "busy",
  BUFFER_FULL: "busy",
  DEADLINE_EXCEEDED: "tooSlow",
  DEADLINE_UNREACHABLE: "tooSlow",
  RECEIVE_TIMEOUT: "tooSlow",
  REQUEST_TIMEOUT: "tooSlow",
  ANSWER_TIMEOUT: "tooSlow",
  CANCELLED: "gatewayUnreachable",
  CLIENT_CLOSED_REQUEST: "gatewayUnreachable",
  CONTENT_TYPE_UNSUPPORTED: "requestWrong",
  HOST_NOT_ALLOWED: "pageNotAllowed",
  ORIGIN_NOT_ALLOWED: "pageNotAllowed",
  TOKEN_MISSING: "gatewayNotAllowed",
  TOKEN_UNKNOWN: "gatewayNotAllowed",
  ROLE_NOT_ALLOWED: "gatewayNotAllowed",
  NAME_NOT_ALLOWED: "gatewayNotAllowed",
  INFERENCE_FAILED: "inferenceFailed",
  INTERNAL: "inferenceFailed",
};

const KIND_OF_HTTP_STATUS: Record<number, FailureKind> = {
  400: "requestWrong",
  403: "pageNotAllowed",
  404: "modelMissing",
  408: "tooSlow",
  413: "pictureTooLarge",
  415: "pictureUnsupported",
  429: "busy",
  500: "inferenceFailed",
  502: "serverUnreachable",
  503: "serverUnreachable",
  504: "tooSlow",
};

export function failureOfResponse(
  httpStatus: number,
  body: string,
  retryAfter: string | null,
): Failure {
  const error = parseError(body);
  const info = error?.details?.find((detail) => detail.reason);
  const kind =
    KIND_OF_REASON[info?.reason ?? ""] ??
    KIND_OF_HTTP_STATUS[httpStatus] ??
    "unexpected";
  const failure: Failure = {
    kind,
    message: error?.message ?? `HTTP ${httpStatus}`,
  };
  if (info?.metadata?.value) failure.value = info.metadata.value;
  if (info?.metadata?.limit) failure.limit = info.metadata.limit;
  if (kind === "pictureTooLarge" && limitOf(failure)?.unit === "ratio") {
    failure.kind = "pictureTooNarrow";
  }
  const seconds = Number(retryAfter);
  if (retryAfter && seconds >= 0) failure.retryAfterMs = seconds * 1000;
  return failure;
}

export const GATEWAY_UNREACHABLE: Failure = {
  kind: "gatewayUnreachable",
  message: "",
};

// Failures that may pass by waiting; the others need another picture, another
// model or somebody who looks at the server.
export function passesByWaiting(kind: FailureKind): boolean {
  return (
    kind === "busy" ||
    kind === "notReady" ||
    kind === "notServing" ||
    kind === "serverUnreachable" ||
    kind === "gatewayUnreachable"
  );
}

// What can be offered to somebody whose picture failed.
export type Remedy = "retry" | "convert" | "none";

const REMEDIES: Partial<Record<FailureKind, Remedy>> = {
  pictureUnsupported: "convert",
  pictureTooLarge: "convert",
  pictureEmpty: "none",
  pictureBroken: "none",
  pictureTooNarrow: "none",
  pictureUndrawable: "none",
  requestWrong: "none",
};

export function remedyFor(kind: FailureKind): Remedy {
  return REMEDIES[kind] ?? "retry";
}

// Failures after which the server should be asked whether it is still there.
export function doubtsServer(kind: FailureKind): boolean {
  return passesByWaiting(kind) && kind !== "busy" && kind !== "notReady";
}

function parseError(body: string): WireError["error"] {
  try {
    return (JSON.parse(body) as WireError).error;
  } catch {
    return undefined;
  }
}
