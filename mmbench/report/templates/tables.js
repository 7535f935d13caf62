const textKey = (row, column) => row.cells[column].dataset.value;

function sortRows(table, column, descends) {
  const headings = [...table.tHead.rows[0].cells];
  for (const other of headings) other.ariaSort = null;
  headings[column].ariaSort = descends ? "descending" : "ascending";
  const compare = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    const difference = isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b;
    return descends ? -difference : difference;
  };
  const body = table.tBodies[0];
  const rows = [...body.rows];
  rows.sort((a, b) => compare(textKey(a, column), textKey(b, column)));
  body.append(...rows);
}

/* Rank by another number: sort by it, renumber the rows, and set it apart. */
function chooseMetric(table, field) {
  const headings = [...table.tHead.rows[0].cells];
  const column = headings.findIndex((heading) => heading.dataset.field === field);
  sortRows(table, column, headings[column].dataset.first === "descending");
  table.caption.querySelector(".by").textContent = headings[column].textContent;
  let rank = 0;
  let last = null;
  [...table.tBodies[0].rows].forEach((row, position) => {
    const value = textKey(row, column);
    if (value !== last) rank = position + 1;
    last = value;
    row.cells[0].dataset.value = value === "" ? "" : rank;
    row.cells[0].textContent = value === "" ? "–" : rank;
  });
  for (const row of table.rows)
    headings.forEach((heading, i) => {
      if (heading.dataset.field)
        row.cells[i].classList.toggle("aside", heading.dataset.field !== field);
    });
}

/* Of a long table, show the first rows; all of them on request, or when filtered. */
const LONG = 15;

function showAll(tools, table, all) {
  const button = tools.querySelector(".all");
  const n = table.tBodies[0].rows.length;
  button.hidden = n <= LONG;
  button.textContent = all ? "Show fewer" : `Show all ${n}`;
  table.classList.toggle("short", n > LONG && !all);
}

function filterRows(table, words, told) {
  const rows = [...table.tBodies[0].rows];
  for (const row of rows) {
    const full = row.querySelector("th").title;
    const text = `${row.textContent} ${full}`.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
  }
  const shown = rows.filter((row) => !row.hidden).length;
  told.textContent =
    shown === rows.length ? `${shown} rows` : `${shown} of ${rows.length} rows`;
}

for (const table of document.querySelectorAll("table")) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const descends = heading.ariaSort
        ? heading.ariaSort === "ascending"
        : heading.dataset.first === "descending";
      sortRows(table, column, descends);
    });
  });
}

for (const tools of document.querySelectorAll(".tools")) {
  const table = tools.parentElement.querySelector("table");
  const select = tools.querySelector("select");
  const input = tools.querySelector("input");
  const told = tools.querySelector("output");
  const button = tools.querySelector(".all");
  tools.hidden = false;
  showAll(tools, table, false);
  button.addEventListener("click", () =>
    showAll(tools, table, table.classList.contains("short")),
  );
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    filterRows(table, words, told);
    showAll(tools, table, words.length > 0);
  });
  if (select) {
    select.addEventListener("change", () => chooseMetric(table, select.value));
    chooseMetric(table, select.value);
  }
}
