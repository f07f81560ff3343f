import type { JSX } from "preact";
import type { NamedClass } from "../api/classify";
import { formatPercent } from "../i18n/language";

interface Properties {
  classes: readonly NamedClass[];
  label: string;
}

// Names with bars, most likely first; the first is the picture's headline.
export function Candidates({ classes, label }: Properties): JSX.Element {
  return (
    <ol class="candidates" aria-label={label}>
      {classes.map((one, i) => (
        <li key={one.index}>
          {i === 0 ? (
            <h2 class="candidate-name">{one.label}</h2>
          ) : (
            <span class="candidate-name">{one.label}</span>
          )}
          <span class="candidate-share">{formatPercent(one.probability)}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${one.probability * 100}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
