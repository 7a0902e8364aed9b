/* Wait for a sheet of labels and values, then answer its pairs in one JSON text: cells in turn are label, value.
   It is a table, a <dl>, or an element that holds some of them. ``same`` are labels and the values that it must show:
   after the time it is answered as it stands. */
async (question) => {
  const { tables, same, timeout } = question;
  const deadline = performance.now() + timeout;
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
  const HALF = { "（": "(", "）": ")", "：": ":", "／": "/" };
  const plain = (label) => label.replace(/[（）：／]/g, (sign) => HALF[sign]).replace(/\s+/g, "").replace(/:+$/, "");
  const isAnswer = (node) => {
    const rows = Object.keys(same).length ? rowsOf(node) : [];
    const says = (cells, label, value) => cells.some((cell, at) => at % 2 === 0 && plain(cell) === label && cells[at + 1] === value);
    return Object.entries(same).every(([label, value]) => rows.some((cells) => says(cells, label, value)));
  };
  const look = () => {
    const table = tables.find((selector) => document.querySelector(selector)) ?? "";
    const node = table ? document.querySelector(table) : null;
    const text = textOutside((element) => element === node);
    const stop = stopMark(text, question);
    const isDone = document.readyState !== "loading" && (stop !== "" || (node !== null && isAnswer(node)));
    return { table, node, text, stop, isDone };
  };
  let seen = look();
  while (!seen.isDone && performance.now() < deadline) {
    await pauseShortly();
    seen = look();
  }
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
