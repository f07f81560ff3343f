export interface Upload {
  url: string;
  headers: Record<string, string>;
  body: Blob;
  signal: AbortSignal;
  // Share of the body that has left, 0 … 1.
  onProgress: (share: number) => void;
}

export interface UploadAnswer {
  status: number;
  body: string;
  retryAfter: string | null;
}

// Resolves to null where no answer came: connection refused, reset, cut off.
// Rejects with the signal's reason when aborted.
export type Transport = (upload: Upload) => Promise<UploadAnswer | null>;

// XMLHttpRequest, because fetch does not tell how much of a body has left.
export const uploadByXhr: Transport = (upload) =>
  new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const abort = () => xhr.abort();
    const settle = (end: () => void) => () => {
      upload.signal.removeEventListener("abort", abort);
      end();
    };
    xhr.open("POST", upload.url);
    for (const [name, value] of Object.entries(upload.headers)) {
      xhr.setRequestHeader(name, value);
    }
    xhr.upload.onprogress = (event) => {
      if (event.total > 0) upload.onProgress(event.loaded / event.total);
    };
    xhr.onload = settle(() =>
      resolve({
        status: xhr.status,
        body: xhr.responseText,
        retryAfter: xhr.getResponseHeader("Retry-After"),
      }),
    );
    xhr.onerror = settle(() => resolve(null));
    xhr.onabort = settle(() => reject(upload.signal.reason));
    if (upload.signal.aborted) {
      reject(upload.signal.reason);
      return;
    }
    upload.signal.addEventListener("abort", abort);
    xhr.send(upload.body);
  });
