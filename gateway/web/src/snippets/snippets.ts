export const SNIPPETS = ["curl", "python", "javascript", "grpcurl"] as const;
export type SnippetName = (typeof SNIPPETS)[number];

// How the page asks now.
export interface Settings {
  // Of the page, such as "https://wanwu.example".
  origin: string;
  // "": the server's default.
  model: string;
  language: string;
  topK: number;
}

// Where wanwu-server listens unless it was told otherwise.
const GRPC_PORT = 8500;

// A program that asks as the page does, about picture.jpg beside it.
export function snippet(name: SnippetName, settings: Settings): string {
  return WRITERS[name](settings);
}

const WRITERS: Record<SnippetName, (settings: Settings) => string> = {
  curl: (settings) => `curl --data-binary @picture.jpg '${urlOf(settings)}'`,
  python: (settings) => `import json
import urllib.request

with open("picture.jpg", "rb") as picture:
    request = urllib.request.Request(
        ${JSON.stringify(urlOf(settings))},
        data=picture.read())
with urllib.request.urlopen(request) as response:
    answer = json.load(response)
for one in answer["classifications"]:
    print(f'{one.get("probability", 0):7.1%}  {one["label"]}')`,
  javascript: (settings) => `import { readFile } from "node:fs/promises";

const response = await fetch(
  ${JSON.stringify(urlOf(settings))},
  { method: "POST", body: await readFile("picture.jpg") },
);
if (!response.ok) throw new Error(await response.text());
const { classifications } = await response.json();
for (const { label, probability = 0 } of classifications) {
  console.log((100 * probability).toFixed(1) + " %", label);
}`,
  grpcurl: (settings) => {
    const { protocol, hostname } = new URL(settings.origin);
    const more = inShell(
      JSON.stringify({
        top_k: settings.topK,
        language_code: settings.language,
        ...(settings.model && { model: settings.model }),
      }).slice(1),
    );
    const plain = protocol === "http:" ? "-plaintext " : "";
    return `echo '{"image":"'$(base64 -w0 picture.jpg)'",${more}' |
  grpcurl ${plain}-d @ ${hostname}:${GRPC_PORT} \\
    wanwu.v1.ImageClassifier/Classify`;
  },
};

function urlOf({ origin, model, language, topK }: Settings): string {
  const query = new URLSearchParams({
    top_k: String(topK),
    language_code: language,
  });
  if (model) query.set("model", model);
  return `${origin}/v1/classify?${query}`;
}

// Inside single quotes.
function inShell(text: string): string {
  return text.replaceAll("'", "'\\''");
}
