import type { NewPicture } from "../pictures/picture";

export interface Sample {
  file: string;
  title: { en: string; zh: string };
  credit: string;
  licence: string;
  // A small copy's file.
  thumbnail?: string;
}

export const sampleUrl = (file: string) =>
  `/samples/${encodeURIComponent(file)}`;

// None where the gateway was built without photographs.
export async function loadSamples(): Promise<Sample[]> {
  try {
    const response = await fetch("/samples/index.json");
    return response.ok ? ((await response.json()) as Sample[]) : [];
  } catch {
    return [];
  }
}

export async function takeSample(sample: Sample): Promise<NewPicture | null> {
  try {
    const response = await fetch(sampleUrl(sample.file));
    if (!response.ok) return null;
    return { name: sample.file, file: await response.blob() };
  } catch {
    return null;
  }
}
