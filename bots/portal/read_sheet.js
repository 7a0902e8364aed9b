/* Wait for a sheet of labels and values, then answer its pairs in one JSON text: cells in turn are label, value.
   It is a table, a <dl>, or an element that holds some of them. */
async (question) => {
  const { tables, timeout } = question;
  const deadline = performance.now() + timeout;
  const look = () => {
    const table = tables.find((selector) => document.querySelector(selector)) ?? "";
    const node = table ? document.querySelector(table) : null;
    const text = textOutside((element) => element === node);
    const stop = stopMark(text, question);
    return { table, node, text, stop, isDone: document.readyState !== "loading" && (stop !== "" || Boolean(node)) };
  };
  let seen = look();
  while (!seen.isDone && performance.now() < deadline) {
    await pauseShortly();
    seen = look();
  }
  /* Each <dt> begins a row: a second <dd> after it is one value too many. */
  const termRows = (list) => {
    const rows = [];
    for (const part of list.querySelectorAll("dt,dd")) {
      if (part.nodeName === "DT" || rows.length === 0) rows.push([]);
      rows.at(-1).push(clean(part.textContent));
    }
    return rows;
  };
  const rowsOf = (node) => {
    if (node.nodeName === "DL") return termRows(node);
    if (node.nodeName === "TABLE") return Array.from(node.rows, (row) => Array.from(row.cells, (c) => clean(c.textContent)));
    // A table that only lays out others is no sheet itself.
    const sheets = Array.from(node.querySelectorAll("table,dl")).filter((e) => !e.querySelector("table,dl"));
    return sheets.flatMap(rowsOf);
  };
  const rows = seen.node ? rowsOf(seen.node) : [];
  return JSON.stringify({
    hasTable: Boolean(seen.node),
    table: seen.table,
    stop: seen.stop,
    text: seen.text,
    rows,
    html: document.documentElement.outerHTML,
  });
}
