import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { language, t } from "../i18n/language";
import { loadSamples, sampleUrl, type Sample } from "../intake/samples";
import { addSample } from "../state/pictures";
import { keepFocus } from "./focus";

export const samples = signal<readonly Sample[]>([]);

export async function initSamples(): Promise<void> {
  samples.value = await loadSamples();
}

// more: there is a picture already, so this is an invitation to go on.
export function SampleStrip({ more }: { more?: boolean }): JSX.Element | null {
  if (samples.value.length === 0) return null;
  return (
    <section class="samples" data-more={more} aria-labelledby="samples-title">
      <h2 id="samples-title" class="overline">
        {t(more ? "add.samples" : "welcome.samples")}
      </h2>
      <ul>
        {samples.value.map((sample) => (
          <li key={sample.file}>
            <SampleButton sample={sample} />
          </li>
        ))}
      </ul>
    </section>
  );
}

async function add(sample: Sample): Promise<void> {
  await addSample(sample);
  keepFocus(`[data-sample="${sample.file}"]`);
}

function SampleButton({ sample }: { sample: Sample }): JSX.Element {
  return (
    <button
      type="button"
      class="sample"
      data-sample={sample.file}
      onClick={() => void add(sample)}
    >
      <span class="sample-frame">
        <img src={sampleUrl(sample.thumbnail ?? sample.file)} alt="" draggable={false} decoding="async" />
      </span>
      <span class="sample-title">{sample.title[language.value]}</span>
    </button>
  );
}
