import type { JSX } from "preact";
import type { NamedClass } from "../api/classify";
import { formatShare } from "../i18n/language";
import { ClassName } from "./class_name";

interface Properties {
  classes: readonly NamedClass[];
  label: string;
  unsure: boolean;
}

// Names with bars, most likely first; the first is the picture's headline.
export function Candidates(props: Properties): JSX.Element {
  const { classes, label, unsure } = props;
  return (
    <ol class="candidates" aria-label={label}>
      {classes.map((one, i) => (
        <li key={one.index}>
          {i === 0 ? (
            <h2 class="candidate-name">
              <ClassName label={one.label} unsure={unsure} />
            </h2>
          ) : (
            <span class="candidate-name">{one.label}</span>
          )}
          <span class="candidate-share">{formatShare(one.probability)}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${one.probability * 100}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
