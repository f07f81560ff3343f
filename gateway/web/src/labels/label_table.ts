import type { Answer, NamedClass } from "../api/classify";
import { plainName } from "./plain_name";

export interface WireLabelTable {
  languages: string[];
  // By language.
  groups: string[][];
  // WordNet id, a name per language, and the number of its group.
  classes: (string | number)[][];
}

// The names of a thousand classes in each language, and what kind of thing each
// of them is. A class of another model is told by its WordNet id.
export class LabelTable {
  private known: Set<string> | null = null;

  constructor(private readonly wire: WireLabelTable) {}

  private row(one: NamedClass): (string | number)[] | null {
    const row = this.wire.classes[one.index];
    return row && one.wordnetId !== "" && row[0] === one.wordnetId ? row : null;
  }

  label(one: NamedClass, language: string): string | null {
    const place = this.wire.languages.indexOf(language);
    const label = place < 0 ? undefined : this.row(one)?.[1 + place];
    return typeof label === "string" && label ? label : null;
  }

  // Names of its kind, by language; null for a class unknown.
  group(one: NamedClass): readonly string[] | null {
    const number = this.row(one)?.at(-1);
    return typeof number === "number"
      ? (this.wire.groups[number] ?? null)
      : null;
  }

  groupName(one: NamedClass, language: string): string | null {
    const place = this.wire.languages.indexOf(language);
    return this.group(one)?.[place] ?? null;
  }

  // Its names in every language, and those of its kind.
  namesOf(one: NamedClass): readonly string[] {
    const row = this.row(one);
    if (!row) return [];
    const labels = row.slice(1, 1 + this.wire.languages.length) as string[];
    return [...labels, ...(this.group(one) ?? [])];
  }

  // Whether something is called so, given as plainName() has it.
  knows(name: string): boolean {
    this.known ??= new Set(
      [...this.wire.classes, ...this.wire.groups]
        .flat()
        .filter((one): one is string => typeof one === "string" && one !== "")
        .map(plainName),
    );
    return this.known.has(name);
  }

  // The same answer in another language; null if it has a class unknown.
  translate(answer: Answer, language: string): Answer | null {
    if (answer.language === language) return answer;
    const classes: NamedClass[] = [];
    for (const one of answer.classes) {
      const label = this.label(one, language);
      if (label === null) return null;
      classes.push({ ...one, label });
    }
    return { ...answer, classes, language };
  }
}
