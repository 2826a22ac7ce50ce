/** A chart in its card: what it shows, as a picture, as a table, which who listens always gets, and as a file. */

import { Download, Table } from "lucide";
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

import { say, words } from "../../core/words";
import { Button } from "../../ui/button";
import { csv, save, type Sheet } from "./csv";

const WORDS = words({
  en: { table: (title: string) => `${title}: as a table`, download: (title: string) => `${title}: download as CSV` },
  es: { table: (title: string) => `${title}: como tabla`, download: (title: string) => `${title}: descargar como CSV` },
});

interface ChartProps {
  title: string;
  hint?: ComponentChildren;
  /** The file's name, without its ending. */
  file: string;
  sheet: Sheet;
  legend?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}

export function Chart({ title, hint, file, sheet, legend, wide, children }: ChartProps) {
  const t = say(WORDS);
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  return (
    <section class={wide ? "card chart wide" : "card chart"} aria-labelledby={id}>
      <header>
        <div class="grow">
          <h2 id={id}>{title}</h2>
          {hint && <p class="small soft">{hint}</p>}
        </div>
        <div class="row tight firm">
          <Button look="quiet" small icon={Table} label={t.table(title)} aria-pressed={asTable} onClick={() => setAsTable(!asTable)} />
          <Button look="quiet" small icon={Download} label={t.download(title)} onClick={() => save(`${file}.csv`, csv(sheet))} />
        </div>
      </header>
      {!asTable && (
        <div class="picture">
          {legend}
          {children}
        </div>
      )}
      <div class={asTable ? "figures-table" : "unseen"} role={asTable ? "region" : undefined} aria-labelledby={asTable ? id : undefined} tabIndex={asTable ? 0 : undefined}>
        <SheetTable title={title} sheet={sheet} />
      </div>
    </section>
  );
}

function SheetTable({ title, sheet: { columns, rows } }: { title: string; sheet: Sheet }) {
  const shown = (value: string | number | null, place: number) =>
    value === null ? "–" : typeof value === "number" ? (columns[place]?.show ?? String)(value) : value;
  return (
    <table class="table numbers">
      <caption class="unseen">{title}</caption>
      <thead>
        <tr>{columns.map(({ name }, place) => <th key={name} scope="col" class={place ? "end" : undefined}>{name}</th>)}</tr>
      </thead>
      <tbody>
        {rows.map((row, line) => (
          <tr key={line}>
            {row.map((value, place) => (place ? <td key={place} class="end">{shown(value, place)}</td> : <th key={place} scope="row">{shown(value, place)}</th>))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
